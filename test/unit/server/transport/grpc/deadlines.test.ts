import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Deadlines } from '../../../../../src/server/transport/grpc/deadlines.ts';

suite('deadlines', () => {
  test('calls end in the order of their deadlines, none before its time', async () => {
    const deadlines = new Deadlines();
    const ended: { timeoutMs: number; afterMs: number }[] = [];
    const startMs = performance.now();
    for (const timeoutMs of [400, 120, 260, 1e12])
      deadlines.add({ onDeadline: () => ended.push({ timeoutMs, afterMs: performance.now() - startMs }) }, timeoutMs);
    while (ended.length < 3) await pause(20);
    assert.deepEqual(
      ended.map(({ timeoutMs }) => timeoutMs),
      [120, 260, 400],
    );
    for (const { timeoutMs, afterMs } of ended) assert.ok(afterMs >= timeoutMs, `${timeoutMs}: ${afterMs}`);
  });

  test('a call that was removed does not end, and its neighbours do', async () => {
    const deadlines = new Deadlines();
    const ended: string[] = [];
    const call = (name: string) => ({ onDeadline: () => ended.push(name) });
    const removed = call('removed');
    const tick = deadlines.add(removed, 60);
    deadlines.add(call('neighbour'), 60);
    deadlines.add(call('last'), 200);
    deadlines.remove(removed, tick);
    while (!ended.includes('last')) await pause(20);
    assert.deepEqual(ended, ['neighbour', 'last']);
  });

  test('no timer fires for calls that ended before their deadlines', async (t) => {
    const started = t.mock.method(globalThis, 'setTimeout');
    const deadlines = new Deadlines();
    for (let i = 0; i < 1_000; i += 1) {
      const call = { onDeadline: () => assert.fail('the call had ended') };
      deadlines.remove(call, deadlines.add(call, 10_000));
    }
    assert.equal(started.mock.callCount(), 1);
  });
});
