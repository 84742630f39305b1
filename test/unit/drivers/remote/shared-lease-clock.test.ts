import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedLeaseClock } from '../../../../src/drivers/remote/shared-lease-clock.ts';
import { limits } from '../../../../src/limits.ts';

const { leaseClockApartMsMax: apartMs, leaseTickMs } = limits;

/** A lease clock whose monotonic clock the test moves. */
function moved(startMs = 0) {
  let monotonicMs = startMs;
  const clock = new SharedLeaseClock(() => monotonicMs);
  return {
    clock,
    pass: (ms: number) => {
      monotonicMs += ms;
    },
  };
}

test('a lease clock starts at the stored time and follows the monotonic clock', () => {
  const { clock, pass } = moved(123_456);
  clock.saw(1_000_000);
  assert.equal(clock.nowMs(), 1_000_000);
  pass(500);
  assert.equal(clock.nowMs(), 1_000_500);
  assert.equal(clock.ageMs(), 500);
});

test('a lease clock stops while the stored time does not move, and that time is not made up later', () => {
  const { clock, pass } = moved();
  clock.saw(1_000_000);
  pass(60_000);
  assert.equal(clock.nowMs(), 1_000_000 + apartMs);
  clock.saw(1_000_000);
  clock.saw(1_000_000 + apartMs);
  assert.equal(clock.nowMs(), 1_000_000 + apartMs);
  pass(100);
  assert.equal(clock.nowMs(), 1_000_100 + apartMs);
});

test('a lease clock that is behind follows the stored time, and one that is ahead does not go back', () => {
  const { clock, pass } = moved();
  clock.saw(1_000_000);
  pass(100);
  clock.saw(1_000_300);
  assert.equal(clock.nowMs(), 1_000_300);
  pass(100);
  clock.saw(1_000_310);
  assert.equal(clock.nowMs(), 1_000_400);
});

test('a stored time that goes back after a failover sets the lease clock back', () => {
  const { clock, pass } = moved();
  clock.saw(1_000_000);
  pass(apartMs);
  clock.saw(900_000);
  assert.equal(clock.nowMs(), 900_000 + apartMs);
});

/**
 * Instances that stop, return and tick in a random order. Each has the stored time of its last
 * read.
 */
for (let seed = 1; seed <= 20; seed += 1) {
  test(`a lease never ends before its TTL has passed, whichever instances stop and return (seed ${seed})`, () => {
    const random = generator(seed);
    let realMs = 0;
    let storedMs = 1_700_000_000_000;
    const ttlMs = 5_000;
    const open = () => {
      const clock = new SharedLeaseClock(() => realMs);
      clock.saw(storedMs);
      return { clock, awakeAtMs: 0 };
    };
    const instances = [open(), open(), open()];
    const leases: { grantedMs: number; deadlineMs: number }[] = [];
    let endedCount = 0;
    for (let step = 0; step < 20_000; step += 1) {
      realMs += random() * 40;
      const index = Math.floor(random() * instances.length);
      const instance = instances[index];
      if (instance === undefined || realMs < instance.awakeAtMs) continue;
      const { clock } = instance;
      const choice = random();
      if (choice < 0.002) instance.awakeAtMs = realMs + random() * 60_000;
      else if (choice < 0.003) instances[index] = open();
      else if (choice < 0.3) leases.push({ grantedMs: realMs, deadlineMs: Math.max(storedMs, clock.nowMs()) + ttlMs });
      else if (choice < 0.5) clock.saw(storedMs);
      else if (choice < 0.7 && clock.ageMs() >= leaseTickMs) {
        storedMs = Math.max(storedMs, clock.nowMs());
        clock.saw(storedMs);
      } else {
        const due = leases.filter(({ deadlineMs }) => deadlineMs <= clock.nowMs() - clock.apartMsMax);
        for (const lease of due) {
          assert.ok(realMs - lease.grantedMs >= ttlMs - 1, `it ended after ${realMs - lease.grantedMs} ms`);
          leases.splice(leases.indexOf(lease), 1);
          endedCount += 1;
        }
      }
    }
    assert.ok(endedCount > 1_000, `${endedCount} leases ended`);
  });
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
