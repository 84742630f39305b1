import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeOneByOne } from '../../../../src/drivers/sqlite/write-one-by-one.ts';
import { DriverError } from '../../../../src/errors.ts';
import { limits } from '../../../../src/limits.ts';

const operations = Array.from({ length: 256 }, (_, index) => index);

test('an operation that fails alone does not fail the others', () => {
  const outcomes = writeOneByOne(operations, (operation) => {
    if (operation === 3) throw new DriverError('tooLarge', 'value of 2 GiB');
    return { result: operation };
  });
  const failed = outcomes.flatMap((outcome, index) => ('failure' in outcome ? [index] : []));
  assert.deepEqual(failed, [3]);
});

test('a lock that fails each operation after 5 s blocks other writes for little longer', (context) => {
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  const outcomes = writeOneByOne(operations, (operation) => {
    if (operation === 0) return { result: operation };
    nowMs += limits.sqliteBusyTimeoutMs;
    throw new DriverError('busy', 'SQLITE_BUSY: database is locked');
  });
  assert.deepEqual(outcomes[0], { result: 0 });
  assert.equal(nowMs, limits.sqliteBusyTimeoutMs);
  for (const outcome of outcomes.slice(1)) {
    assert.ok('failure' in outcome && outcome.failure.kind === 'driver' && outcome.failure.driverKind === 'busy');
  }
});
