import { setTimeout as sleep } from 'node:timers/promises';
import { KV } from '../../src/wire/generated/etcdserverpb/kv.ts';
import type { Connection } from '../load/connection.ts';
import { atMost } from './bar.ts';
import type { Bench } from './bench.ts';
import type { Scenario } from './scenario.ts';
import type { TineServer } from './tine-server.ts';

const startMsMax = 2_000;
const repeatCount = 3;
const prefix = '/registry/start/';
/** Some megabytes in the WAL. */
const writeCount = 5_000;
/** The first round only gives the clients the revisions of the keys. */
const roundCount = 3;

/** How soon a server with a large database answers, after a stop and after kill -9. */
export const start: Scenario = {
  about: 'from starting bin/tine on a database of a million rows to its first answer',
  run: async (bench) => {
    const keyCount = bench.sized(200_000);
    const directory = await bench.dataDirectory([{ prefix, keyCount, revisionCount: 5, valueBytes: 200 }]);
    const after: Record<'SIGTERM' | 'SIGKILL', number[]> = { SIGTERM: [], SIGKILL: [] };
    for (let index = 0; index < repeatCount; index += 1) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await endWhileWriting(bench, await bench.server(directory), keyCount, signal);
        const server = await bench.server(directory);
        after[signal].push(server.startMs);
        await server.end('SIGTERM');
      }
    }
    bench.report(atMost('start: after a stop, the slowest of 3', Math.max(...after.SIGTERM), startMsMax, 'ms'));
    bench.report(
      atMost('start: after kill -9 under writes, the slowest of 3', Math.max(...after.SIGKILL), startMsMax, 'ms'),
    );
  },
};

async function endWhileWriting(
  bench: Bench,
  server: TineServer,
  keyCount: number,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const [connection] = await bench.connections(server, 1);
  const enough = (await revision(connection as Connection)) + writeCount;
  const threads = bench.load({ prefix, keyCount: Math.min(keyCount, writeCount), valueBytes: 200, roundCount });
  const writing = threads.run({ phase: 'update', target: server.target });
  while ((await revision(connection as Connection)) < enough) await sleep(50);
  await server.end(signal);
  // The remaining writes fail at once.
  await writing;
  await threads.stop();
}

async function revision(connection: Connection): Promise<number> {
  const { header } = await connection.call(KV.methods.range, { key: Buffer.from('any') });
  return header?.revision ?? 0;
}
