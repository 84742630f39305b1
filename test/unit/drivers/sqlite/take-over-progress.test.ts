import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { type Logger, pino } from 'pino';
import { openConnection, StatementRunner } from '../../../../src/drivers/sqlite/connection.ts';
import { prepareDatabase } from '../../../../src/drivers/sqlite/prepare-database.ts';
import { runProgram } from '../../../../src/drivers/sqlite/run-program.ts';
import { SqliteDriver } from '../../../../src/drivers/sqlite/sqlite-driver.ts';
import { limits } from '../../../../src/limits.ts';
import { takeOver } from '../../../../src/mvcc/start-up/take-over.ts';
import { temporaryDirectory } from '../../../support/index.ts';
import { kineRows, writeKineFile } from '../../../support/kine-file.ts';

/** A file of kine with more rows than one chunk of a take-over. */
function largeKineFile(): string {
  const path = join(temporaryDirectory(), 'state.db');
  writeKineFile(path, kineRows);
  const database = new Database(path);
  database
    .prepare(
      `WITH RECURSIVE more (id) AS (
        SELECT MAX(id) + 1 FROM kine
        UNION ALL
        SELECT id + 1 FROM more LIMIT ?)
      INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
      SELECT id, '/more/' || id, 1, 0, 0, 0, 0, X'31' FROM more`,
    )
    .run(2 * limits.takeOverRowsMax);
  database.close();
  return path;
}

test('a take-over reports steps that grow up to their total', async () => {
  const path = largeKineFile();
  await prepareDatabase(path);
  const database = openConnection(path, 'writer');
  const reports: (readonly [done: number, total: number])[] = [];
  runProgram(
    takeOver(0, (done, total) => reports.push([done, total])),
    new StatementRunner(database),
  );
  database.close();
  // Three walks of at least three chunks.
  assert.ok(reports.length >= 9, `${reports.length} reports`);
  const done = reports.map(([steps]) => steps);
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.deepEqual(new Set(reports.map(([, total]) => total)).size, 1);
  assert.equal(done.at(-1), reports[0]?.[1]);
});

test('a new database reports no take-over', async () => {
  const path = join(temporaryDirectory(), 'state.db');
  await prepareDatabase(path);
  const database = openConnection(path, 'writer');
  let reports = 0;
  runProgram(
    takeOver(0, () => {
      reports += 1;
    }),
    new StatementRunner(database),
  );
  database.close();
  assert.equal(reports, 0);
});

test('a first start on a file of kine logs that the schema is changed, and a second one does not', async () => {
  const path = largeKineFile();
  const lines: string[] = [];
  const logger: Logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const changes = 'changing the schema of the database; this takes longer with more rows';
  await (await SqliteDriver.open(path, { self: 1n, logger, slowStatementMs: 0 })).close();
  assert.ok(lines.includes(changes) && lines.includes('took over rows that kine wrote'), lines.join('\n'));
  // The statements of a take-over are slow on purpose.
  assert.ok(!lines.includes('statement took too long'));
  lines.length = 0;
  await (await SqliteDriver.open(path, { self: 1n, logger, slowStatementMs: 1_000 })).close();
  assert.deepEqual(lines, []);
});
