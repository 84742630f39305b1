import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Driver } from '../../../src/drivers/driver.ts';
import { initialAuthState } from '../../../src/mvcc/auth/auth-state.ts';
import type { LeaseId } from '../../../src/mvcc/ids.ts';
import type { LeaseStatus } from '../../../src/mvcc/results.ts';
import { LeaseKeeper } from '../../../src/store/lease-keeper.ts';
import { OperationCounts } from '../../../src/store/operation-counts.ts';
import { internal } from '../../../src/store/queues/requester.ts';
import type { WriteQueue } from '../../../src/store/writes/write-queue.ts';

const id = 7n;
const head = { id: 0, revision: 1, compactRevision: -1, authState: initialAuthState };

interface Context {
  after(work: () => Promise<void>): void;
}

function keeperOf(context: Context, driver: Driver, writes: WriteQueue): LeaseKeeper {
  const counts = new OperationCounts();
  const keeper = new LeaseKeeper(driver, writes, { logger: pino({ level: 'silent' }), counts, reads: driver });
  context.after(() => keeper.stop(1_000));
  return keeper;
}

/** A keeper of one lease with a deadline at 10 s, and the ids of each renewal that it wrote. */
function keeping(context: Context) {
  const leases = new Map<LeaseId, LeaseStatus>([[id, { id, ttlSeconds: 5, expiresAtMs: 10_000 }]]);
  const clock = { nowMs: 0 };
  const written: (readonly LeaseId[])[] = [];
  const driver = {
    leaseClock: { nowMs: () => clock.nowMs, apartMsMax: 0 },
    read: async (_program: string, ids: readonly LeaseId[]) => ({ head, leases: ids.map((each) => leases.get(each)) }),
  } as unknown as Driver;
  /** Another instance, whose writes are committed first. */
  const other = { endsLease: false };
  const writes = {
    async write({ ids }: { readonly ids: readonly LeaseId[] }) {
      if (other.endsLease) leases.clear();
      written.push(ids);
    },
  } as unknown as WriteQueue;
  const keeper = keeperOf(context, driver, writes);
  return { clock, written, other, renew: () => keeper.keepAlive(id, () => true, internal) };
}

test('a renewal before the deadline is answered before it is written', async (context) => {
  const { clock, written, renew } = keeping(context);
  clock.nowMs = 10_000;
  assert.equal(await renew(), 5);
  assert.deepEqual(written, []);
  clock.nowMs = 14_000;
  assert.equal(await renew(), 5, 'the deadline is that of the renewal before');
  assert.deepEqual(written, []);
});

test('a renewal after the deadline is written before it is answered', async (context) => {
  const { clock, written, renew } = keeping(context);
  clock.nowMs = 10_001;
  assert.equal(await renew(), 5);
  assert.deepEqual(written, [[id]]);
});

test('a renewal after the deadline has TTL 0 if the lease ends at the same moment', async (context) => {
  const { clock, other, renew } = keeping(context);
  clock.nowMs = 10_001;
  other.endsLease = true;
  assert.equal(await renew(), 0);
});

test('leases that are due at the same time end together', async (context) => {
  const expired: LeaseId[] = [];
  const due = [1n, 2n, 3n].map((id) => ({ id, ttlSeconds: 5, expiresAtMs: 10_000 }));
  const driver = {
    leaseClock: { nowMs: () => 20_000, apartMsMax: 0 },
    read: async () => due,
  } as unknown as Driver;
  const writes = {
    write({ id }: { readonly id: LeaseId }) {
      expired.push(id);
      return new Promise(() => undefined);
    },
  } as unknown as WriteQueue;
  const keeper = keeperOf(context, driver, writes);
  keeper.start();
  await sleep(100);
  assert.deepEqual(expired, [1n, 2n, 3n]);
});

test('a stop waits for the last renewals only as long as it may', async (context) => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const driver = {
    leaseClock: { nowMs: () => 0, apartMsMax: 0 },
    read: async () => ({ head, leases: [{ id, ttlSeconds: 5, expiresAtMs: 10_000 }] }),
  } as unknown as Driver;
  const writes = { write: () => new Promise(() => {}) } as unknown as WriteQueue;
  const keeper = new LeaseKeeper(driver, writes, { logger, counts: new OperationCounts(), reads: driver });
  await keeper.keepAlive(id, () => true, internal);
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const stopped = keeper.stop(300);
  context.mock.timers.tick(300);
  await stopped;
  assert.match(lines.join(''), /writing the last lease renewals failed/, 'they are not lost silently');
  assert.match(lines.join(''), /"leases":1/);
});
