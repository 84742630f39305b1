import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../../../src/mvcc/results.ts';
import { withPreviousOfTransaction } from '../../../../src/watch/events/previous-values.ts';

function event(id: number, revision: number, key: string, type: LogEvent['type'], previous: string): LogEvent {
  return { id, revision, type, key, body: Buffer.of(), previous: Buffer.from(previous) };
}

test('a key changed twice in a transaction has its value from before the transaction, and none if it was created again', () => {
  const events = [
    event(1, 2, 'a', 'put', 'a before'),
    event(2, 3, 'a', 'put', 'a of 2'),
    event(3, 3, 'b', 'put', ''),
    event(4, 3, 'a', 'delete', 'a of 3'),
    event(5, 3, 'b', 'delete', 'b of 3'),
    event(6, 3, 'a', 'put', ''),
    event(7, 3, 'a', 'delete', 'a of 3, later'),
    event(8, 4, 'a', 'put', ''),
    event(9, 5, 'a', 'put', 'a of 4'),
  ];
  const previous = withPreviousOfTransaction(events).map((each) => Buffer.from(each.previous).toString());
  assert.deepEqual(previous, ['a before', 'a of 2', '', 'a of 2', '', '', 'a of 2', '', 'a of 4']);
});
