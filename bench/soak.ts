/** Hours of a mixed load: `npm run bench:soak -- --help`. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { UsageError } from './load/usage-error.ts';
import { residentMebibytes } from './scale/resident-memory.ts';
import { TineServer } from './scale/tine-server.ts';
import { SoakLoad } from './soak/soak-load.ts';

const help = `Usage: npm run bench:soak -- [options]

Loads a tine of its own, on SQLite, for an hour at half of the speed that it reaches: updates, gets, pages, counts and
1,000 watches, a compaction every twelfth of the time, and a kill -9 at half of it. Prints what the server holds every
quarter: what it holds at the end it must have held at the first one. The calls under way at the kill are errors.

  --minutes N   how long (60)
  --keys N      keys that are updated (10000)
  --help        this text
`;

const compactionCount = 12;
const reportCount = 4;
const fullSpeedSeconds = 10;

try {
  const { minutes, keys, help: wantsHelp } = parsed(process.argv.slice(2));
  if (wantsHelp) console.log(help);
  else await soak({ minutes: positive('minutes', minutes ?? '60'), keyCount: positive('keys', keys ?? '10000') });
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function soak({ minutes, keyCount }: { minutes: number; keyCount: number }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tine-soak-'));
  let server = await TineServer.start(directory);
  let load: SoakLoad | undefined;
  try {
    load = await SoakLoad.start(server.address, keyCount);
    const fullSpeed = await load.measureFullSpeed(fullSpeedSeconds);
    const pace = fullSpeed / 2;
    console.log(`${fullSpeed.toFixed(0)} operations a second at full speed; half of it for ${minutes} minutes`);
    console.log('minute   memory  storage  descriptors  event loop p99  operations  errors   p99     events');
    const tickMs = (minutes * 60_000) / compactionCount;
    await eventLoopLagMs(server.address);
    const running = load.run(pace);
    for (let tick = 1; tick <= compactionCount; tick += 1) {
      await sleep(tickMs);
      await load.compact();
      if (tick === compactionCount / 2) {
        load.pause();
        await server.end('SIGKILL');
        server = await TineServer.start(directory);
        await load.resume(server.address);
        await eventLoopLagMs(server.address);
      }
      if (tick % (compactionCount / reportCount) === 0) await report((tick * minutes) / compactionCount, server, load);
    }
    load.stop();
    await running;
  } finally {
    load?.stop();
    await server.end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function report(minute: number, server: TineServer, load: SoakLoad): Promise<void> {
  const lag = await eventLoopLagMs(server.address);
  const { operationCount, errorCount, firstError, p99Ms, eventCount } = load.take();
  const cells = [
    minute.toFixed(minute < 10 ? 1 : 0).padStart(6),
    `${residentMebibytes(server.pid).toFixed(0)} MiB`.padStart(8),
    `${((await server.storageBytes()) / 2 ** 20).toFixed(0)} MiB`.padStart(8),
    String(readdirSync(`/proc/${server.pid}/fd`).length).padStart(12),
    `${lag.toFixed(1)} ms`.padStart(15),
    String(operationCount).padStart(11),
    String(errorCount).padStart(7),
    `${p99Ms.toFixed(1)} ms`.padStart(8),
    String(eventCount).padStart(9),
  ];
  console.log(cells.join(' ') + (firstError === undefined ? '' : `  first error: ${firstError}`));
}

/** The lag since the previous read of this metric. */
async function eventLoopLagMs(address: string): Promise<number> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1] ?? Number.NaN) * 1_000;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { minutes: { type: 'string' }, keys: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} ${text}: it must be more than 0`);
  return value;
}
