import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { StatusCode } from '../../../../src/errors.ts';
import { LoadSampler } from '../../../../src/server/load/load-sampler.ts';
import { serverLimits } from '../../../../src/server/server-limits.ts';
import { MethodMetrics } from '../../../../src/server/transport/grpc/method-metrics.ts';
import { Histogram } from '../../../../src/statistics/histogram.ts';
import { KV } from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../../../src/wire/generated/etcdserverpb/lease.ts';
import { nothingCounted } from '../store-statistics.ts';

function unary(path: string): MethodMetrics {
  return new MethodMetrics({ path, kind: 'unary', handle: async () => new Uint8Array() });
}

/** A sampler over counters that a test changes, and a clock that it moves. */
async function sampled(context: TestContext) {
  let nowMs = 0;
  let sampleOnce = () => {};
  context.mock.method(performance, 'now', () => nowMs);
  const put = unary(KV.methods.put.path);
  const keepAlive = new MethodMetrics({
    path: Lease.methods.leaseKeepAlive.path,
    kind: 'bidirectional',
    handle: async () => {},
  });
  const batchOperations = new Histogram([1, 2, 4]);
  const state = { sizeReads: 0, isBroken: false, lagMs: 0, delayMs: 0 };
  const faults: unknown[] = [];
  const sampler = new LoadSampler({
    store: {
      statistics: async () => {
        if (state.isBroken) throw new Error('broken');
        const nothing = nothingCounted();
        return { ...nothing, writes: { ...nothing.writes, batchOperations } };
      },
      size: async () => {
        state.sizeReads += 1;
        return { bytes: 4_096, inUseBytes: 2_048 };
      },
    },
    methods: [put, keepAlive, unary('/etcdserverpb.Auth/AuthStatus')],
    watches: () => ({
      streams: 1,
      watchers: 2,
      watchersBehind: 0,
      eventsSent: 0,
      eventLogBytes: 0,
      eventsEvicted: 0,
      fellBehind: 0,
      lag: { ids: 0, ms: state.lagMs },
      revision: 1,
    }),
    connectionCount: () => 3,
    takeLongestDelayMs: () => state.delayMs,
    every: (intervalMs, work) => {
      assert.equal(intervalMs, serverLimits.loadSampleIntervalMs);
      sampleOnce = work;
    },
    onFault: (error) => faults.push(error),
  });
  const sampleNext = async () => {
    nowMs += serverLimits.loadSampleIntervalMs;
    sampleOnce();
    await setImmediate();
  };
  await setImmediate();
  return { sampler, put, keepAlive, batchOperations, state, faults, sampleNext };
}

/** The newest value of each series. */
function newest({ history }: LoadSampler): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(Object.entries(history.content().series).map(([name, values]) => [name, values.at(-1)]));
}

test('rates and latencies of a sample are those of its ten seconds', async (context) => {
  const { sampler, put, keepAlive, batchOperations, state, sampleNext } = await sampled(context);
  assert.equal(sampler.history.length, 0);
  for (let count = 0; count < 100; count += 1) {
    put.started += 1;
    put.end(count < 5 ? StatusCode.resourceExhausted : StatusCode.ok, 0.2);
  }
  for (let count = 0; count < 40; count += 1) keepAlive.countReceived(8);
  for (const size of [2, 4]) batchOperations.observe(size);
  state.lagMs = 12;
  state.delayMs = 7;
  await sampleNext();
  const first = newest(sampler);
  assert.equal(first.putPerSecond, 10);
  assert.equal(first.keepAlivePerSecond, 4);
  assert.equal(first.rangePerSecond, 0);
  assert.equal(first.failuresPerSecond, 0.5);
  assert.equal(first.putP50Ms, 0.125);
  assert.ok((first.putP99Ms ?? 0) > 0.24 && (first.putP99Ms ?? 0) <= 0.25);
  assert.equal(first.rangeP99Ms, Number.NaN);
  assert.equal(first.batchesPerSecond, 0.2);
  assert.equal(first.operationsPerBatch, 3);
  assert.deepEqual([first.watchers, first.watchLagMs, first.eventLoopDelayMs], [2, 12, 7]);
  assert.deepEqual([first.connections, first.databaseBytes, first.databaseInUseBytes], [3, 4_096, 2_048]);
  await sampleNext();
  const second = newest(sampler);
  assert.deepEqual([second.putPerSecond, second.failuresPerSecond, second.batchesPerSecond], [0, 0, 0]);
  assert.deepEqual([second.putP50Ms, second.operationsPerBatch], [Number.NaN, Number.NaN]);
  assert.deepEqual(sampler.history.content().atMs, [10_000, 20_000]);
});

test('the size of the database is read once a minute', async (context) => {
  const { state, sampleNext } = await sampled(context);
  for (let count = 0; count < 60; count += 1) await sampleNext();
  assert.ok(state.sizeReads >= 10 && state.sizeReads <= 11, `${state.sizeReads} times in ten minutes`);
});

test('a failed reading is reported, and sampling goes on', async (context) => {
  const { sampler, put, state, faults, sampleNext } = await sampled(context);
  state.isBroken = true;
  put.started += 60;
  await sampleNext();
  assert.equal(faults.length, 1);
  assert.equal(sampler.history.length, 0);
  state.isBroken = false;
  await sampleNext();
  assert.deepEqual(sampler.history.content().atMs, [20_000]);
  assert.equal(newest(sampler).putPerSecond, 3);
});
