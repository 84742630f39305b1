/** The cost of a start: `npm exec -- node bench/start.ts --help`. Results: start.md. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { UsageError } from './load/usage-error.ts';
import { median } from './scale/median.ts';
import { TineServer } from './scale/tine-server.ts';

const help = `Usage: npm exec -- node bench/start.ts --tine NAME=PROGRAM... [options]

Starts each tine on an empty folder, then once more on the same folder, in turn with the others. Prints the medians
and the ratios to the first tine: the time from the start of the program to the reply to a first Range, the processor
time that the process had used by then, and its memory at rest.

  --tine NAME=PROGRAM   a bin/tine; repeat it for each tine to compare
  --runs N              how often (15)
  --rest-runs N         how many of the runs also measure the memory at rest (5)
  --rest-seconds N      how long a server rests before its memory is read (10)
  --help                this text
`;

const starts = ['empty', 'again'] as const;
const figures = ['time ms', 'processor ms', 'resident MiB', 'anonymous MiB'] as const;
type Figures = Partial<Record<(typeof figures)[number], number>>;

interface Program {
  readonly name: string;
  readonly path: string;
  readonly measured: Record<(typeof starts)[number], Figures[]>;
}

try {
  const { values } = parseArgs({
    options: {
      tine: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string', default: '15' },
      'rest-runs': { type: 'string', default: '5' },
      'rest-seconds': { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(help);
  else if (values.tine.length === 0) throw new UsageError('give at least one --tine NAME=PROGRAM; see --help');
  else {
    const programs = values.tine.map(program);
    const restRunCount = Number(values['rest-runs']);
    for (let run = 0; run < Number(values.runs); run += 1) {
      await measureAll(programs, run < restRunCount ? Number(values['rest-seconds']) : 0);
    }
    for (const each of starts) print(programs, each);
  }
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function program(text: string): Program {
  const [name, path] = text.split('=', 2);
  if (name === undefined || path === undefined) throw new UsageError(`--tine ${text}: give NAME=PROGRAM`);
  return { name, path, measured: { empty: [], again: [] } };
}

/** One run: starts each program twice in its own folder. All programs rest at the same time. */
async function measureAll(programs: readonly Program[], restSeconds: number): Promise<void> {
  const directories = programs.map(() => mkdtempSync(join(tmpdir(), 'tine-start-')));
  try {
    for (const start of starts) {
      const resting: { server: TineServer; measured: Figures }[] = [];
      try {
        for (const [index, { path, measured }] of programs.entries()) {
          const server = await TineServer.start(directories[index] as string, { program: path });
          const latest: Figures = { 'time ms': server.startMs, 'processor ms': processorMs(server.pid) };
          measured[start].push(latest);
          resting.push({ server, measured: latest });
          if (restSeconds === 0) await server.end('SIGTERM');
        }
        if (restSeconds === 0) continue;
        await sleep(restSeconds * 1000);
        for (const { server, measured } of resting) Object.assign(measured, memoryOf(server.pid));
      } finally {
        for (const { server } of resting) await server.end('SIGTERM');
      }
    }
  } finally {
    for (const each of directories) rmSync(each, { recursive: true, force: true });
  }
}

/**
 * Processor time of all threads of a process, which the scheduler counts in ns. The total in
 * /proc/PID/stat has a precision of 10 ms.
 */
function processorMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ofThread = (id: string) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]);
  return threads.reduce((sum, id) => sum + ofThread(id), 0) / 1e6;
}

function memoryOf(pid: number): Figures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { 'resident MiB': mebibytes('VmRSS'), 'anonymous MiB': mebibytes('RssAnon') };
}

function print(programs: readonly Program[], start: (typeof starts)[number]): void {
  console.log(start === 'empty' ? 'on an empty folder' : '\non the same folder again');
  for (const figure of figures) {
    const medians = programs.map(({ measured }) => median(measured[start].flatMap((each) => each[figure] ?? [])));
    // Without rests there is no memory at rest.
    if (medians.every(Number.isNaN)) continue;
    const cells = programs.map(({ name }, index) => {
      const value = medians[index] as number;
      return `${name} ${value.toFixed(0).padStart(4)} (${(value / (medians[0] as number)).toFixed(2)})`;
    });
    console.log(`${figure.padEnd(14)} ${cells.join('   ')}`);
  }
}
