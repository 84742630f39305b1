import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { classifyError } from '../../../../src/drivers/sqlite/classify-error.ts';
import { DriverError } from '../../../../src/errors.ts';

test('a value that is too large for SQLite is refused each time', () => {
  const database = new Database(':memory:');
  let failure: unknown;
  try {
    database.prepare('SELECT zeroblob(2147483640)').get();
  } catch (error) {
    failure = classifyError(error);
  } finally {
    database.close();
  }
  assert.ok(failure instanceof DriverError);
  assert.equal(failure.kind, 'tooLarge');
});

test('an error of the file system is a failure of the database, not a bug', () => {
  const failureOf = (code: string) =>
    classifyError(Object.assign(new Error(`${code}: stat 'state.db-wal'`), { code, syscall: 'stat' }));
  for (const [code, kind] of [
    ['EIO', 'lost'],
    ['ENOSPC', 'full'],
  ] as const) {
    const failure = failureOf(code);
    assert.ok(failure instanceof DriverError);
    assert.equal(failure.kind, kind);
  }
});
