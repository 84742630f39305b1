import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openConnection, StatementRunner } from '../../../src/drivers/sqlite/connection.ts';
import { prepareDatabase } from '../../../src/drivers/sqlite/prepare-database.ts';
import { runProgram } from '../../../src/drivers/sqlite/run-program.ts';
import { takeOver } from '../../../src/mvcc/start-up/take-over.ts';
import { temporaryDirectory } from '../../support/index.ts';

/** A tine database with some history: keys a (twice), b, c; b deleted; compacted at row 3. */
export async function tineFile(): Promise<string> {
  const path = join(temporaryDirectory(), 'state.db');
  await prepareDatabase(path);
  const database = openConnection(path, 'writer');
  runProgram(takeOver(0), new StatementRunner(database));
  database.exec(`
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version) VALUES
      (2, 'a', 1, 0, 0, 0, 0, X'31', 1),
      (3, 'b', 1, 0, 0, 0, 0, X'32', 1),
      (4, 'c', 1, 0, 0, 0, 0, X'33', 1),
      (5, 'a', 0, 0, 2, 2, 0, X'34', 2),
      (6, 'b', 0, 1, 0, 3, 0, NULL, 0);
    INSERT INTO kine_current (name, id, value_bytes) VALUES ('a', 5, 1), ('c', 4, 1);
    UPDATE kine SET prev_revision = 3 WHERE name = 'compact_rev_key';`);
  database.close();
  return path;
}

/** Runs statements on a file, as an accident or another program would. */
export function tamper(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** Rows of a file, as objects. */
export function query(path: string, sql: string): unknown[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
