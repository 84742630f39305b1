import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openConnection } from '../../../../../src/drivers/sqlite/connection.ts';
import { boundWal, walBytes, walPath } from '../../../../../src/drivers/sqlite/file/wal.ts';
import { limits } from '../../../../../src/limits.ts';
import { temporaryDirectory } from '../../../../support/index.ts';

test('a WAL that a long read of another process holds is reset after the read, and writes seldom wait for it', (context) => {
  const path = join(temporaryDirectory(), 'state.db');
  new Database(path).exec('CREATE TABLE t (text TEXT)').close();
  const writer = openConnection(path, 'writer');
  const reader = new Database(path);
  context.after(() => {
    reader.close();
    writer.close();
  });
  let pausesMs = 0;
  const now = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => now() + pausesMs);
  const boundAfterBatches = () => {
    const startMs = Date.now();
    for (let batch = 0; batch < limits.walLookBatches; batch += 1) boundWal(writer, path);
    return Date.now() - startMs;
  };

  reader.exec('BEGIN');
  reader.prepare('SELECT * FROM t').get();
  writer.exec("INSERT INTO t VALUES ('new')");
  truncateSync(walPath(path), limits.walBytesMax + 1);
  assert.ok(boundAfterBatches() < limits.sqliteBusyTimeoutMs / 2, 'the writer waits for a moment');
  assert.ok(boundAfterBatches() < limits.walResetWaitMsMax, 'the writer does not wait again soon');
  assert.ok(walBytes(path) > limits.walBytesMax);
  assert.equal(writer.pragma('busy_timeout', { simple: true }), limits.sqliteBusyTimeoutMs);

  reader.exec('COMMIT');
  pausesMs += limits.walResetPauseMs;
  boundAfterBatches();
  assert.ok(walBytes(path) < limits.walBytesMax);
});
