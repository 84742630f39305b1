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
