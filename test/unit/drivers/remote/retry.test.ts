import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionRefused } from '../../../../src/drivers/remote/connections/connection-refused.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import { OutcomeUnknown, TransactionConflict, withRetry } from '../../../../src/drivers/remote/retry.ts';
import { DriverError, etcdError } from '../../../../src/errors.ts';

/** Work that fails with each of the errors in turn, and then succeeds. */
function failing(...errors: readonly Error[]) {
  const state = { tries: 0 };
  const work = async (): Promise<string> => {
    const error = errors[state.tries];
    state.tries += 1;
    if (error !== undefined) throw error;
    return 'done';
  };
  return { state, work };
}

const lost = new DriverError('lost', 'the connection was lost');

test('work that was lost before it took effect is retried once', async () => {
  const once = failing(lost);
  assert.equal(await withRetry(once.work), 'done');
  assert.equal(once.state.tries, 2);
  const twice = failing(lost, lost);
  await assert.rejects(withRetry(twice.work), lost);
  assert.equal(twice.state.tries, 2);
});

test('work that may have taken effect is not retried', async () => {
  const { state, work } = failing(new OutcomeUnknown(lost));
  await assert.rejects(withRetry(work), OutcomeUnknown);
  assert.equal(state.tries, 1);
});

test('work that lost a conflict is retried, as often as that happens', async () => {
  const way = new TransactionConflict('deadlock', undefined);
  const { state, work } = failing(way, way, lost, way);
  assert.equal(await withRetry(work), 'done');
  assert.equal(state.tries, 5);
});

test('work is not retried if the server refuses a connection to the user', async () => {
  const { state, work } = failing(new ConnectionRefused('wrong password', undefined));
  await assert.rejects(withRetry(work), ConnectionRefused);
  assert.equal(state.tries, 1);
});

test('failures other than a lost connection are not retried', async () => {
  for (const error of [etcdError('compacted'), new DriverError('busy', 'locked'), new DriverError('full', 'full')]) {
    const { state, work } = failing(error);
    await assert.rejects(withRetry(work), error);
    assert.equal(state.tries, 1);
  }
});

test('work that was lost late is not retried, because its client waits', async (context) => {
  const { state, work } = failing(lost);
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  const tried = withRetry(async () => {
    nowMs += remoteLimits.retryWithinMs + 1;
    return work();
  });
  await assert.rejects(tried, lost);
  assert.equal(state.tries, 1);
});
