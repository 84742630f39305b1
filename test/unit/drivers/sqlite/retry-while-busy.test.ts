import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { retryWhileBusy } from '../../../../src/drivers/sqlite/retry-while-busy.ts';
import { DriverError, StartError } from '../../../../src/errors.ts';
import { temporaryDirectory } from '../../../support/index.ts';

/** A file with an exclusive lock, until `free`. */
function lockedFile(context: TestContext) {
  const path = join(temporaryDirectory(), 'state.db');
  const holder = new Database(path);
  context.after(() => holder.close());
  holder.exec('BEGIN EXCLUSIVE');
  return { path, free: () => holder.exec('COMMIT') };
}

function write(path: string): void {
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma('user_version = 1');
  } finally {
    database.close();
  }
}

test('work on a file that another program has locked continues when the lock is released', async (context) => {
  const { path, free } = lockedFile(context);
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
  };
  setTimeout(free, 200);
  await retryWhileBusy(path, { waitMsMax: 10_000, onWait }, () => write(path));
  assert.equal(waits, 1);
});

test('work on a file that stays locked ends with one readable line', async (context) => {
  const { path } = lockedFile(context);
  const message = `${path}: another program has locked the database; stop it, then try again`;
  await assert.rejects(
    retryWhileBusy(path, { waitMsMax: 200 }, () => write(path)),
    (error) => error instanceof StartError && error.message === message,
  );
});

test('a lock reported by a database thread is waited for, and reported', async () => {
  let attempts = 0;
  const work = (): void => {
    attempts += 1;
    throw new DriverError('busy', 'SQLITE_BUSY: database is locked');
  };
  await assert.rejects(
    retryWhileBusy('/x.db', { waitMsMax: 120 }, work),
    /^StartError: \/x\.db: another program has locked the/,
  );
  assert.ok(attempts > 1);
});

test('work that fails for another reason is not repeated', async () => {
  let attempts = 0;
  const work = (): void => {
    attempts += 1;
    throw new Error('a bug');
  };
  await assert.rejects(retryWhileBusy('/x.db', { waitMsMax: 10_000 }, work), /a bug/);
  assert.equal(attempts, 1);
});
