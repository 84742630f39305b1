import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextRound } from 'node:timers/promises';
import { type Turn, Turns } from '../../../../../src/server/transport/budget/turns.ts';
import { transportLimits } from '../../../../../src/server/transport/transport-limits.ts';

const roundMs = transportLimits.turnRoundMs;

/**
 * A worker with an amount of work, which logs each of its steps. A step counts as `stepMs`, however
 * long it takes.
 */
function worker(name: string, steps: number, log: string[], stepMs = 1) {
  let left = steps;
  return {
    get left() {
      return left;
    },
    takeTurn(turn: Turn) {
      log.push(name);
      while (left > 0 && !turn.isOver) {
        left -= 1;
        turn.charge(stepMs);
      }
      return left > 0;
    },
  };
}

test('work that fits into one turn is done at once', () => {
  const turns = new Turns({ roundMs });
  const quick = worker('quick', 2, [], 0);
  assert.equal(turns.start(quick), false);
  assert.equal(quick.left, 0);
});

test('a worker with much work and one with little take turns', async () => {
  const turns = new Turns({ roundMs });
  const log: string[] = [];
  const busy = worker('busy', 1_000, log);
  const quick = worker('quick', 2, log);
  assert.equal(turns.start(busy), true);
  assert.ok(busy.left > 1_000 - roundMs * 2, 'a turn is a few milliseconds');
  turns.start(quick);
  await nextRound();
  await nextRound();
  assert.equal(quick.left, 0);
  assert.ok(busy.left > 900);
});

test('a round is shorter after many connections were accepted', async () => {
  const turns = new Turns({ roundMs });
  const busy = worker('busy', 1_000, [], 0.5);
  turns.start(busy);
  const stepsOfRound = async (): Promise<number> => {
    const before = busy.left;
    await nextRound();
    return before - busy.left;
  };
  const usually = await stepsOfRound();
  for (let count = 0; count < transportLimits.acceptedMark; count += 1) turns.countAccepted();
  const accepting = await stepsOfRound();
  assert.ok(accepting < usually, `${accepting} steps instead of ${usually}`);
  assert.equal(await stepsOfRound(), usually, 'after that it is as long as before');
});

test('many workers are served in turn, and each one completes', async () => {
  const turns = new Turns({ roundMs });
  const log: string[] = [];
  const workers = Array.from({ length: 50 }, (_, index) => worker(String(index), 20, log));
  for (const each of workers) turns.start(each);
  const first = new Set<string>();
  for (let round = 0; round < 1_000 && workers.some(({ left }) => left > 0); round += 1) {
    await nextRound();
    if (first.size < 50) for (const name of log.splice(0)) first.add(name);
  }
  assert.ok(workers.every(({ left }) => left === 0));
  assert.equal(first.size, 50);
});

test('new work does not wait for what hundreds of others have left', async () => {
  const turns = new Turns({ roundMs });
  const busy = Array.from({ length: 300 }, (_, index) => worker(String(index), 1_000, []));
  for (const each of busy) turns.start(each);
  for (let round = 0; round < 2 * busy.length; round += 1) await nextRound();
  assert.ok(busy.every(({ left }) => left > 0 && left < 1_000));
  // The time before the next round is used up, so the new work has to wait.
  turns.start(worker('another', 1, [], roundMs + 1));
  const quick = worker('quick', 1, []);
  assert.equal(turns.start(quick), true);
  await nextRound();
  assert.equal(quick.left, 0);
});

test('a removed worker gets no more turns', async () => {
  const turns = new Turns({ roundMs });
  const busy = worker('busy', 1_000, []);
  turns.start(busy);
  const { left } = busy;
  turns.forget(busy);
  await nextRound();
  await nextRound();
  assert.equal(busy.left, left);
});
