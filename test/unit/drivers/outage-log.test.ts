import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OutageLog, outageQuietMs } from '../../../src/drivers/outage-log.ts';
import { DriverError } from '../../../src/errors.ts';
import { createLogger } from '../../../src/logger.ts';

type Kind = 'read' | 'write';

/** A log over a clock that the test moves. */
function outageLog(context: TestContext) {
  const lines: { level: string; msg: string; reason?: string; lasted?: string }[] = [];
  const log = new OutageLog(createLogger('info', { write: (line) => lines.push(JSON.parse(line)) }));
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  return {
    log,
    lines,
    pass: (ms: number) => {
      nowMs += ms;
    },
    succeed: (kind: Kind) => log.observe(kind, async () => 'result'),
    fail: (kind: Kind, reason = 'connection refused') =>
      assert.rejects(log.observe(kind, () => Promise.reject(new DriverError('lost', reason)))),
  };
}

test('an outage is logged once with its reason, whatever fails in it, and once when it is over', async (context) => {
  const { lines, pass, succeed, fail } = outageLog(context);
  await fail('read');
  for (let count = 0; count < 100; count += 1) {
    await fail('write', 'the database does not answer');
    await fail('read', 'timed out');
  }
  assert.deepEqual(
    lines.map(({ level, msg, reason }) => [level, msg, reason]),
    [['warn', 'database unavailable; requests are refused and watches wait until it answers', 'connection refused']],
  );
  pass(outageQuietMs);
  assert.equal(await succeed('write'), 'result');
  await succeed('write');
  assert.deepEqual(
    lines.slice(1).map(({ level, msg, lasted }) => [level, msg, lasted]),
    [['info', 'database available again', '1000ms']],
  );
  await fail('read');
  assert.equal(lines.length, 3, 'the next outage is logged');
});

test('work that succeeds soon after a failure, or began before it, does not end an outage', async (context) => {
  const { log, lines, pass, succeed, fail } = outageLog(context);
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const early = log.observe('read', () => answered);
  pass(1);
  await fail('read');
  pass(outageQuietMs);
  answer();
  await early;
  await fail('read');
  pass(outageQuietMs - 1);
  await succeed('read');
  assert.equal(lines.length, 1);
  pass(1);
  await succeed('read');
  assert.equal(lines.length, 2);
});

test('reads that succeed do not end an outage in which writes fail', async (context) => {
  const { lines, pass, succeed, fail } = outageLog(context);
  await fail('write', 'read-only');
  pass(outageQuietMs);
  await succeed('read');
  assert.equal(lines.length, 1);
  await succeed('write');
  assert.equal(lines.length, 2);
});

test('failures of other kinds, and failures after the end of the driver, are no outage', async (context) => {
  const { log, lines, fail } = outageLog(context);
  await assert.rejects(log.observe('write', () => Promise.reject(new DriverError('full', 'no space'))));
  log.close();
  await fail('read');
  assert.deepEqual(lines, []);
});
