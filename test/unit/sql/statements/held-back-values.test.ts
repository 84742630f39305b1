import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../../../src/sql/statement.ts';
import {
  fillIn,
  type MissingValue,
  missingIds,
  rowsUpToBytes,
} from '../../../../src/sql/statements/held-back-statements.ts';
import { rangeStatement } from '../../../../src/sql/statements/range-statements.ts';
import { EVENTS_AFTER } from '../../../../src/sql/statements/read-statements.ts';

const long = 10_000;
const value = Buffer.from('v');

/**
 * A row of events as MySQL sends it: long values are held back, and the lengths of both values are
 * the last columns.
 */
function eventRow(id: number, bytes: number, older?: { readonly id: number; readonly bytes: number }): Value[] {
  const sent = (length: number) => (length < long ? value : null);
  const replaced =
    older === undefined
      ? [null, null, null, null, null, null, null]
      : ['k', older.id, older.id, 2, 1, null, sent(older.bytes)];
  return [1, 'k', id, id, 2, 2, null, sent(bytes), 0, ...replaced, bytes, older?.bytes ?? 0];
}

test('rows end with the row that reaches the bound, without the lengths', () => {
  const missing: MissingValue[] = [];
  const rows = [eventRow(2, 1), eventRow(3, 1, { id: 2, bytes: 1 }), eventRow(4, 1, { id: 3, bytes: 1 })];
  const taken = rowsUpToBytes({ statement: EVENTS_AFTER, rows, bytesMax: 3 }, missing);
  assert.deepEqual(
    taken.map((row) => row.length),
    [EVENTS_AFTER.columns.length, EVENTS_AFTER.columns.length],
  );
  assert.deepEqual(missing, []);
});

test('values that were held back are inserted by the ids of their rows', () => {
  const missing: MissingValue[] = [];
  const rows = [eventRow(3, long, { id: 2, bytes: long }), eventRow(4, 1, { id: 3, bytes: long })];
  const taken = rowsUpToBytes({ statement: EVENTS_AFTER, rows, bytesMax: Number.MAX_SAFE_INTEGER }, missing);
  assert.deepEqual(missingIds(missing), [[3], [2]]);
  fillIn(missing, [
    [2, Buffer.from('two')],
    [3, Buffer.from('three')],
  ]);
  const events = taken.map(EVENTS_AFTER.decode);
  assert.deepEqual(
    events.map(({ keyValue, previous }) => [keyValue.value?.toString(), previous?.value?.toString()]),
    [
      ['three', 'two'],
      ['v', 'three'],
    ],
  );
  assert.deepEqual(
    events.map(({ keyValue, previous }) => [keyValue.id, previous?.id]),
    [
      [3, 2],
      [4, 3],
    ],
  );
});

test('rows without values do not count', () => {
  const keys = { source: 'current', withValue: false, sort: undefined, filtered: false, bounded: true } as const;
  const rows = [['a', 2, 2, 2, 1, null] as Value[], ['b', 3, 3, 3, 1, null] as Value[]];
  assert.equal(rowsUpToBytes({ statement: rangeStatement(keys), rows, bytesMax: 1 }, []).length, 2);
});
