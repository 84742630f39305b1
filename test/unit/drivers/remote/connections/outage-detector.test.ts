import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OutageDetector, type ProbeAnswer } from '../../../../../src/drivers/remote/connections/outage-detector.ts';
import { remoteLimits } from '../../../../../src/drivers/remote/remote-limits.ts';

/** A detector over a database whose replies the test gives, with a clock that the test moves. */
function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let nowMs = 1_000;
  context.mock.method(performance, 'now', () => nowMs);
  const probes: { answer: (over?: ProbeAnswer) => void; refuse: () => void; signal: AbortSignal }[] = [];
  const events: string[] = [];
  const detector = new OutageDetector({
    probe: (signal) =>
      new Promise((resolve, reject) =>
        probes.push({ answer: (over = 'all') => resolve(over), refuse: () => reject(new Error('refused')), signal }),
      ),
    onLoss: () => events.push('lost'),
    onReturn: () => events.push('back'),
  });
  context.after(() => detector.close());
  const pass = async (ms: number, lateMs = () => 0) => {
    const startMs = nowMs;
    for (let passed = remoteLimits.outageCheckIntervalMs; passed <= ms; passed += remoteLimits.outageCheckIntervalMs) {
      nowMs = startMs + passed + lateMs();
      context.mock.timers.tick(remoteLimits.outageCheckIntervalMs);
      await settled();
    }
  };
  return { detector, probes, events, pass };
}

/** Waits until every reply has had its effect. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('while replies arrive in time, no probe is sent', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  const wait = detector.startWait();
  for (let round = 0; round < 20; round += 1) {
    await pass(remoteLimits.outageCheckIntervalMs);
    wait.answered();
  }
  wait.end();
  await pass(60_000);
  assert.equal(probes.length, 0);
  assert.deepEqual(events, []);
});

test('a slow reply is awaited while the database is reachable', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  const wait = detector.startWait();
  for (let round = 0; round < 40; round += 1) {
    await pass(remoteLimits.outageCheckIntervalMs);
    for (const { answer } of probes.splice(0)) answer();
    await settled();
  }
  wait.end();
  assert.deepEqual(events, []);
  assert.equal(detector.isOutage, false);
});

test('a database that sends no replies is down until it replies', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs + remoteLimits.probeMsMax);
  assert.deepEqual(events, ['lost']);
  assert.equal(detector.isOutage, true);
  await pass(30_000);
  assert.deepEqual(events, ['lost'], 'reported once');
  probes.at(-1)?.answer();
  await settled();
  assert.deepEqual(events, ['lost', 'back']);
  assert.equal(detector.isOutage, false);
});

test('a database that refuses connections while a reply is awaited is down at once', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs);
  probes[0]?.refuse();
  await settled();
  assert.deepEqual(events, ['lost']);
});

test('when a later probe is answered and an earlier one is not, the waiting request has lost its connection', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + 2 * remoteLimits.probeIntervalMs);
  assert.ok(probes.length >= 2);
  probes.at(-1)?.answer();
  await settled();
  assert.deepEqual(events, [], 'the reply of the earlier probe may still come');
  await pass(remoteLimits.probeGraceMs);
  assert.deepEqual(events, ['lost']);
  assert.equal(detector.isOutage, false, 'the database is there');
});

test('when the database answers only over new connections, the waiting request has lost its connection', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs);
  probes[0]?.answer('new only');
  await settled();
  assert.deepEqual(events, ['lost']);
  assert.equal(detector.isOutage, false, 'the database is there');
});

test('an answer over new connections only, when no reply is overdue any more, changes nothing', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  const wait = detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs);
  wait.end();
  await pass(remoteLimits.outageCheckIntervalMs);
  probes[0]?.answer('new only');
  await settled();
  assert.deepEqual(events, []);
});

test('when an earlier probe is answered a moment after a later one, nothing is lost', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.probeIntervalMs);
  assert.equal(probes.length, 2);
  probes[1]?.answer();
  await settled();
  probes[0]?.answer();
  await settled();
  await pass(2 * remoteLimits.probeGraceMs);
  assert.deepEqual(events, []);
});

test('a probe whose cause is gone changes nothing', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  const wait = detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs);
  wait.end();
  await pass(remoteLimits.outageCheckIntervalMs);
  for (const { refuse } of probes) refuse();
  await pass(remoteLimits.probeMsMax * 2);
  assert.deepEqual(events, []);
  assert.equal(detector.isOutage, false);
});

test('at most two probes connect at a time, before an outage and during it, and each is closed at its end', async (context) => {
  const { detector, probes, pass } = watched(context);
  detector.startWait();
  const open = () => probes.filter(({ signal }) => !signal.aborted);
  const startsMs: number[] = [];
  for (let ms = 0; ms < 600_000; ms += remoteLimits.outageCheckIntervalMs) {
    const before = probes.length;
    await pass(remoteLimits.outageCheckIntervalMs);
    if (probes.length > before) startsMs.push(ms);
    assert.ok(open().length <= remoteLimits.probesAtOnceMax, `${open().length} after ${ms} ms`);
  }
  assert.equal(detector.isOutage, true);
  assert.ok(startsMs.filter((ms) => ms < 300_000).length < 100, 'fewer than MySQL needs to block a client');
  detector.close();
  assert.equal(open().length, 0);
});

test('the older of two probes has the time of a slow network', async (context) => {
  const { detector, probes, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.probeMsMax - remoteLimits.probeIntervalMs);
  assert.equal(probes[0]?.signal.aborted, false);
  assert.equal(probes[1]?.signal.aborted, true, 'the next one replaced it');
  assert.equal(probes.at(-1)?.signal.aborted, false);
});

test('a second loss is noticed while the lost probe of the first one still connects', async (context) => {
  const { detector, probes, events, pass } = watched(context);
  for (const expected of [['lost'], ['lost', 'lost']]) {
    const before = probes.length;
    const wait = detector.startWait();
    await pass(remoteLimits.slowReplyMs + remoteLimits.probeIntervalMs);
    assert.equal(probes.length, before + 2);
    probes.at(-1)?.answer();
    await settled();
    await pass(remoteLimits.probeGraceMs);
    assert.deepEqual(events, expected);
    wait.end();
  }
  assert.equal(detector.isOutage, false);
});

test('probes start on time, also when timers fire a moment early and late', async (context) => {
  const { detector, probes, pass } = watched(context);
  detector.startWait();
  let count = 0;
  await pass(remoteLimits.slowReplyMs + 4 * remoteLimits.probeIntervalMs, () => {
    count += 1;
    return count % 4 < 2 ? 1 : -1;
  });
  assert.ok(probes.length >= 4, `${probes.length} probes`);
});

test('a probe that counts no more may end by itself, and counts as one of two', async (context) => {
  const { detector, probes, pass } = watched(context);
  detector.startWait();
  await pass(remoteLimits.slowReplyMs + remoteLimits.probeIntervalMs);
  probes[1]?.answer();
  await pass(remoteLimits.probeGraceMs);
  assert.equal(probes[0]?.signal.aborted, false, 'a server counts handshakes that are given up');
  await pass(4 * remoteLimits.probeIntervalMs);
  assert.equal(probes.filter(({ signal }) => !signal.aborted).length, remoteLimits.probesAtOnceMax);
  await pass(remoteLimits.probeMsMax);
  assert.equal(probes[0]?.signal.aborted, true);
});
