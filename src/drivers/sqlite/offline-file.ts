/** A SQLite file for the commands that look at it or work on it while it is not served by this process. */
import { accessSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Parameter, Row } from '../../sql/statement.ts';
import type { SqliteDatabase } from './connection.ts';
import { fileError } from './file-error.ts';

/** A file in one transaction. */
export interface OfflineFile {
  readonly path: string;
  rows(sql: string, ...parameters: readonly Parameter[]): readonly Row[];
  /** How many rows it changed. */
  change(sql: string, ...parameters: readonly Parameter[]): number;
}

// Somebody who has the file open for work keeps it; a moment is enough for one who only looks.
const busyTimeoutMs = 1000;

/**
 * Looks at a file in one snapshot, whoever else uses it meanwhile. Nothing is written.
 *
 * @throws StartError when it cannot be read.
 */
export function inspectFile<Result>(path: string, look: (file: OfflineFile) => Result): Result {
  return withDatabase(path, { readonly: true }, (database) => inTransaction(database, 'BEGIN', look));
}

/**
 * Works on a file that nobody else has open, in one transaction: all of it is done, or nothing.
 *
 * @throws StartError when somebody has it open, or it cannot be written.
 */
export function ownFile<Result>(path: string, work: (file: OfflineFile) => Result): Result {
  return withDatabase(path, {}, (database) => {
    const mode = database.pragma('journal_mode', { simple: true });
    // A lock that lasts until the end. Leaving the WAL takes the file from everybody: SQLite refuses while anyone has it open.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = DELETE');
    database.pragma('synchronous = FULL');
    try {
      return inTransaction(database, 'BEGIN EXCLUSIVE', work);
    } finally {
      database.pragma('locking_mode = NORMAL');
      database.pragma(`journal_mode = ${mode}`);
    }
  });
}

function withDatabase<Result>(
  path: string,
  options: { readonly readonly?: boolean },
  use: (database: SqliteDatabase) => Result,
): Result {
  try {
    accessSync(path);
    const database = new Database(path, { ...options, fileMustExist: true, timeout: busyTimeoutMs });
    try {
      return use(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

function inTransaction<Result>(database: SqliteDatabase, begin: string, use: (file: OfflineFile) => Result): Result {
  database.exec(begin);
  try {
    const result = use({
      path: database.name,
      rows: (sql, ...parameters) => database.prepare(sql).raw(true).all(parameters) as Row[],
      change: (sql, ...parameters) => database.prepare(sql).run(parameters).changes,
    });
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
