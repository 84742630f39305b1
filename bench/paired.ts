/** Several tines in turn: `npm exec -- node bench/paired.ts --help`. Results: tracing.md. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KV } from '../src/wire/generated/etcdserverpb/kv.ts';
import { Connection } from './load/connection.ts';
import { UsageError } from './load/usage-error.ts';
import { median } from './scale/median.ts';
import { TineServer } from './scale/tine-server.ts';

const help = `Usage: npm exec -- node bench/paired.ts --tine 'NAME=PROGRAM [ARGUMENT...]'... [options]

Starts each tine on an empty folder and puts to it, in turn with the others, round after round. Prints the medians of
the processor time that the server used for a put, and of the time of a put. The ratios to the first tine are medians
of the ratios within a round: the speed of a busy machine changes less within a round than between rounds.

  --tine 'NAME=PROGRAM [ARGUMENT...]'   repeat it for each tine to compare
  --rounds N                            how often (10)
  --puts N                              puts of a round, after as many that are not counted (10000)
  --clients N                           puts at a time (1)
  --help                                this text
`;

const figures = ['processor us', 'time us'] as const;
type Figures = Record<(typeof figures)[number], number>;

interface Tine {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly rounds: Figures[];
}

interface Load {
  readonly puts: number;
  readonly clients: number;
}

const value = Buffer.alloc(1024, 'x');

try {
  const { values } = parseArgs({
    options: {
      tine: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '10' },
      puts: { type: 'string', default: '10000' },
      clients: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(help);
  else if (values.tine.length === 0) throw new UsageError("give at least one --tine 'NAME=PROGRAM'; see --help");
  else {
    const tines = values.tine.map(tineOf);
    const load = { puts: Number(values.puts), clients: Number(values.clients) };
    for (let round = 0; round < Number(values.rounds); round += 1) {
      // Each is first in turn.
      for (let turn = 0; turn < tines.length; turn += 1) {
        const tine = tines[(round + turn) % tines.length] as Tine;
        tine.rounds.push(await measure(tine, load));
      }
      console.error(
        `round ${round + 1}: ${tines.map(({ name, rounds }) => `${name} ${roundText(rounds[round])}`).join('; ')}`,
      );
    }
    print(tines);
  }
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function tineOf(text: string): Tine {
  const at = text.indexOf('=');
  const [program = '', ...more] = text.slice(at + 1).split(' ');
  if (at < 1 || program === '') throw new UsageError(`--tine ${text}: give NAME=PROGRAM`);
  return { name: text.slice(0, at), program, arguments: more, rounds: [] };
}

async function measure(tine: Tine, load: Load): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'tine-paired-'));
  const server = await TineServer.start(directory, tine);
  try {
    const connection = await Connection.open(server.address);
    await putAll(connection, load);
    const startUs = processorUs(server.pid);
    const times = await putAll(connection, load);
    const usedUs = processorUs(server.pid) - startUs;
    connection.close();
    return { 'processor us': usedUs / load.puts, 'time us': median(times) };
  } finally {
    await server.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  }
}

function roundText(figuresOfRound: Figures | undefined): string {
  return figures.map((figure) => `${figuresOfRound?.[figure].toFixed(0)} ${figure}`).join(', ');
}

/** Returns the time of each put in us. */
async function putAll(connection: Connection, { puts, clients }: Load): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  const putSome = async () => {
    while (next < puts) {
      const key = Buffer.from(`/registry/pods/default/${next++ % 1000}`);
      const startMs = performance.now();
      await connection.call(KV.methods.put, { key, value });
      times.push((performance.now() - startMs) * 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, putSome));
  return times;
}

/** Processor time of all threads of a process, which the scheduler counts in ns. */
function processorUs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ofThread = (id: string) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]);
  return threads.reduce((sum, id) => sum + ofThread(id), 0) / 1000;
}

function print(tines: readonly Tine[]): void {
  const first = tines[0] as Tine;
  for (const figure of figures) {
    const cells = tines.map(({ name, rounds }) => {
      const ratios = rounds.map((each, index) => each[figure] / (first.rounds[index] as Figures)[figure]);
      return `${name} ${median(rounds.map((each) => each[figure])).toFixed(1)} (${median(ratios).toFixed(3)})`;
    });
    console.log(`${figure.padEnd(14)} ${cells.join('   ')}`);
  }
}
