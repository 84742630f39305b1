import { setTimeout as sleep } from 'node:timers/promises';
import { Lease, type LeaseKeepAliveRequest } from '../../src/wire/generated/etcdserverpb/lease.ts';
import type { Connection, Stream } from '../load/connection.ts';
import { type Figure, figureOf } from '../load/figure.ts';
import { atLeast, atMost } from './bar.ts';
import type { Scenario } from './scenario.ts';
import { walState } from './wal-commits.ts';

const leaseCount = 1_000;
const keepAlivesPerSecond = 10_000;
const seconds = 5;
const ttlSeconds = 60;
const streamCount = 16;
/** A thousandth of what a commit for each keepalive would be. */
const commitsMax = (keepAlivesPerSecond * seconds) / 1000;
const tickMs = 5;

/** Keepalives at a steady pace, and the commits that the database made for them. */
export const leases: Scenario = {
  needsFile: true,
  about: '10,000 keepalives a second over 1,000 leases: commits of the database, latency',
  run: async (bench) => {
    const server = await bench.server(await bench.dataDirectory());
    const connections = await bench.connections(server, 8);
    const ids = await grantAll(connections);
    const wal = `${server.databasePath}-wal`;
    await sleep(1_000);
    const before = walState(wal);
    const figure = await keepAlive(connections, ids);
    // The last commits are written a moment later.
    await sleep(1_000);
    const after = walState(wal);
    if (after.salt !== before.salt) throw new Error('the WAL began anew, its commits cannot be counted');
    const sent = keepAlivesPerSecond * seconds;
    bench.report(atLeast(`leases: keepalives answered in ${seconds} s`, figure.operationCount, sent * 0.99, 'answers'));
    const commits = after.commitCount - before.commitCount;
    bench.report(
      atMost(`leases: commits for ${sent} keepalives over ${leaseCount} leases`, commits, commitsMax, 'commits'),
    );
    bench.note(
      `a keepalive: p50 ${figure.p50.toFixed(2)} ms, p99 ${figure.p99.toFixed(2)} ms, max ${figure.max.toFixed(0)} ms`,
    );
  },
};

async function grantAll(connections: readonly Connection[]): Promise<bigint[]> {
  const grant = async (index: number) => {
    const connection = connections[index % connections.length] as Connection;
    return (await connection.call(Lease.methods.leaseGrant, { ttl: ttlSeconds })).id;
  };
  return Promise.all(Array.from({ length: leaseCount }, (_, index) => grant(index)));
}

/**
 * Renews each lease in turn, as many leases as are due every few milliseconds. The replies on a
 * stream come in the order of its requests.
 */
async function keepAlive(connections: readonly Connection[], ids: readonly bigint[]): Promise<Figure> {
  const latencies: number[] = [];
  const streams = Array.from(
    { length: streamCount },
    (_, index) => new KeepAliveStream(connections[index % connections.length] as Connection, latencies),
  );
  const start = performance.now();
  const end = start + seconds * 1000;
  let sentCount = 0;
  for (let now = start; now < end; now = performance.now()) {
    for (; sentCount < ((now - start) / 1000) * keepAlivesPerSecond; sentCount += 1) {
      streams[sentCount % streamCount]?.send(ids[sentCount % ids.length] as bigint);
    }
    await sleep(tickMs);
  }
  await sleep(200);
  for (const stream of streams) stream.close();
  return figureOf([
    { latencies: Float64Array.from(latencies), errorCount: 0, firstError: undefined, start, end: performance.now() },
  ]);
}

class KeepAliveStream {
  readonly #stream: Stream<LeaseKeepAliveRequest>;
  readonly #sentAt: number[] = [];

  constructor(connection: Connection, latencies: number[]) {
    this.#stream = connection.stream(Lease.methods.leaseKeepAlive, {
      onMessage: ({ ttl }) => {
        if (ttl === ttlSeconds) latencies.push(performance.now() - (this.#sentAt.shift() as number));
      },
      onEnd: () => {},
    });
  }

  send(id: bigint): void {
    this.#sentAt.push(performance.now());
    this.#stream.send({ id });
  }

  close(): void {
    this.#stream.close();
  }
}
