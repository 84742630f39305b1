import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageTurns } from '../../../../../src/server/transport/grpc/message-turns.ts';

function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** Handles messages of a given cost each, until it is stopped. */
async function handle(turns: MessageTurns, taken: { count: number; isOver: boolean }, costMs: number): Promise<void> {
  while (!taken.isOver) {
    const turn = turns.next();
    if (turn !== undefined) await turn;
    work(costMs);
    taken.count += 1;
    await undefined;
  }
}

test('handlers of many streams yield to the event loop every few milliseconds, and all continue', async () => {
  const turns = new MessageTurns();
  const handlers = Array.from({ length: 50 }, () => ({ count: 0, isOver: false }));
  const running = handlers.map((taken) => handle(turns, taken, 1));
  const total = () => handlers.reduce((sum, { count }) => sum + count, 0);
  let mostInTurn = 0;
  for (let turn = 0; turn < 60; turn += 1) {
    const before = total();
    await nextTurn();
    if (turn > 0) mostInTurn = Math.max(mostInTurn, total() - before);
  }
  const counts = handlers.map(({ count }) => count);
  for (const taken of handlers) taken.isOver = true;
  await Promise.all(running);
  assert.ok(mostInTurn < 40, `${mostInTurn} of 50 handlers ran in one turn`);
  assert.ok(Math.min(...counts) > 0, 'each took one');
});

test('cheap messages are handled without waiting', () => {
  const turns = new MessageTurns();
  for (let count = 0; count < 100; count += 1) assert.equal(turns.next(), undefined);
});
