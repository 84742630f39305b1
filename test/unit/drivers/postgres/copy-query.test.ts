import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CopyQuery } from '../../../../src/drivers/postgres/copy-query.ts';
import type { Row } from '../../../../src/sql/statement.ts';
import { KEY_BUCKET_ROWS } from '../../../../src/sql/statements/key-bucket-statements.ts';

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** A row as the server sends it. */
function copied(fields: readonly (string | bigint | number | Buffer | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  return Buffer.concat([count, ...fields.flatMap(field)]);
}

function field(value: string | bigint | number | Buffer | null): readonly Buffer[] {
  const length = Buffer.alloc(4);
  const bytes = value === null ? Buffer.alloc(0) : bytesOf(value);
  length.writeInt32BE(value === null ? -1 : bytes.length);
  return [length, bytes];
}

/** A bigint has 64 bits, a number 32. */
function bytesOf(value: string | bigint | number | Buffer): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (typeof value === 'object') return value;
  const bytes = Buffer.alloc(typeof value === 'bigint' ? 8 : 4);
  if (typeof value === 'bigint') bytes.writeBigInt64BE(value);
  else bytes.writeInt32BE(value);
  return bytes;
}

const put = copied(['/a', 7n, 5n, 3n, 2n, '1234', Buffer.from('value'), 0, 1]);
const tombstone = copied(['/a', 8n, 6n, 0n, 0n, null, null, 1, 0]);

/** Passes the data of two rows to the query. */
function read(query: CopyQuery): void {
  query.handleCopyData({ chunk: Buffer.concat([header, put]) });
  query.handleCopyData({ chunk: tombstone });
}

const { columns, decode } = KEY_BUCKET_ROWS;
const keyValue = { name: '/a', id: 7, modRevision: 5, createRevision: 3, version: 2, lease: '1234', value: 'value' };

function text(row: Row) {
  const found = decode(row);
  return { ...found, keyValue: { ...found.keyValue, value: found.keyValue.value && String(found.keyValue.value) } };
}

test('a COPY returns the rows of the statement', () => {
  const query = new CopyQuery('', { columns, each: undefined }, () => {});
  read(query);
  assert.equal(query.rowsReceived, 2);
  assert.deepEqual(query.received.map(text), [
    { keyValue, isTombstone: false, subRevision: 1 },
    {
      keyValue: { ...keyValue, id: 8, modRevision: 6, createRevision: 0, version: 0, lease: null, value: null },
      isTombstone: true,
      subRevision: 0,
    },
  ]);
});

test('rows that a receiver takes are not collected', () => {
  const taken: unknown[] = [];
  const query = new CopyQuery('', { columns, each: (row) => taken.push(text(row).keyValue.value) }, () => {});
  read(query);
  assert.deepEqual(taken, ['value', null]);
  assert.deepEqual([query.received.length, query.rowsReceived], [0, 2]);
});
