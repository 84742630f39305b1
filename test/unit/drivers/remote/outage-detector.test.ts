import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OutageDetector } from '../../../../src/drivers/remote/outage-detector.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';

/** A watch over a database of which each question is answered by the test, and a clock that the test moves. */
function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let nowMs = 1_000;
  context.mock.method(performance, 'now', () => nowMs);
  const questions: { answer: () => void; refuse: () => void }[] = [];
  const told: string[] = [];
  const watch = new OutageDetector({
    probe: () =>
      new Promise((resolve, reject) => questions.push({ answer: resolve, refuse: () => reject(new Error('refused')) })),
    onLoss: () => told.push('lost'),
    onReturn: () => told.push('back'),
  });
  context.after(() => watch.close());
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= remoteLimits.outageCheckIntervalMs) {
      nowMs += remoteLimits.outageCheckIntervalMs;
      context.mock.timers.tick(remoteLimits.outageCheckIntervalMs);
      await settled();
    }
  };
  return { watch, questions, told, pass };
}

/** Everything that was answered has had its effect. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('while replies arrive in time, no probe is sent', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  const wait = watch.startWait();
  for (let round = 0; round < 20; round += 1) {
    await pass(remoteLimits.outageCheckIntervalMs);
    wait.answered();
  }
  wait.end();
  await pass(60_000);
  assert.equal(questions.length, 0);
  assert.deepEqual(told, []);
});

test('a slow reply is awaited while the database is reachable', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  const wait = watch.startWait();
  for (let round = 0; round < 40; round += 1) {
    await pass(remoteLimits.outageCheckIntervalMs);
    for (const { answer } of questions.splice(0)) answer();
    await settled();
  }
  wait.end();
  assert.deepEqual(told, []);
  assert.equal(watch.isOutage, false);
});

test('a database that sends no replies is silent until it replies', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  watch.startWait();
  await pass(remoteLimits.slowAnswerMs + remoteLimits.outageCheckIntervalMs + remoteLimits.probeMsMax);
  assert.deepEqual(told, ['lost']);
  assert.equal(watch.isOutage, true);
  await pass(30_000);
  assert.deepEqual(told, ['lost'], 'it is told once');
  questions.at(-1)?.answer();
  await settled();
  assert.deepEqual(told, ['lost', 'back']);
  assert.equal(watch.isOutage, false);
});

test('a database that refuses connections while a reply is awaited is down at once', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  watch.startWait();
  await pass(remoteLimits.slowAnswerMs + remoteLimits.outageCheckIntervalMs);
  questions[0]?.refuse();
  await settled();
  assert.deepEqual(told, ['lost']);
});

test('when a later probe is answered and an earlier one is not, the waiting request has lost its connection', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  watch.startWait();
  await pass(remoteLimits.slowAnswerMs + 2 * remoteLimits.probeIntervalMs);
  assert.ok(questions.length >= 2);
  questions.at(-1)?.answer();
  await settled();
  assert.deepEqual(told, ['lost']);
  assert.equal(watch.isOutage, false, 'the database is there');
});

test('a probe whose cause is gone changes nothing', async (context) => {
  const { watch, questions, told, pass } = watched(context);
  const wait = watch.startWait();
  await pass(remoteLimits.slowAnswerMs + remoteLimits.outageCheckIntervalMs);
  wait.end();
  await pass(remoteLimits.outageCheckIntervalMs);
  for (const { refuse } of questions) refuse();
  await pass(remoteLimits.probeMsMax * 2);
  assert.deepEqual(told, []);
  assert.equal(watch.isOutage, false);
});
