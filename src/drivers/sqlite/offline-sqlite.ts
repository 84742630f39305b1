/** A SQLite file as the commands use it. */
import { accessSync, existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { limits } from '../../limits.ts';
import { sqliteOfflineDialect } from '../../sql/dialects/sqlite-offline-dialect.ts';
import { record } from '../../sql/shape.ts';
import { selectsRow } from '../../sql/statement.ts';
import { type OfflineAccess, type OfflineDatabase, offlineDatabase } from '../offline.ts';
import { type SqliteDatabase, StatementRunner } from './connection.ts';
import { actualPath } from './file/file-identity.ts';
import { fileStorage } from './file/file-storage.ts';
import { removeUnusedShm, shmPath } from './file/shm.ts';
import { walBytes } from './file/wal.ts';
import { prepareDatabase } from './prepare-database.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { sqliteFacts } from './sqlite-facts.ts';
import { startError } from './start-error.ts';

// The wait for a lock. A process that serves the file keeps its lock; a process that only reads
// releases it soon.
const busyTimeoutMs = 1000;

const SIZE = selectsRow(
  'size',
  record({ bytes: 'integer', inUseBytes: 'integer' }),
  () => `SELECT page_count * page_size, (page_count - freelist_count) * page_size
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
);

export function offlineSqlite(path: string): OfflineAccess {
  return {
    name: path,
    keyLengthMax: Number.POSITIVE_INFINITY,
    exists: async () => existsSync(path) && statSync(path).size > 0,
    storage: () =>
      fileStorage(path).catch((error: unknown) => {
        throw startError(error, path);
      }),
    readSnapshot: (work) =>
      readOnly(actualPath(path), (database) => {
        database.pragma('query_only = ON');
        return inTransaction(path, database, 'BEGIN', work);
      }),
    whileLocked: (work) =>
      withDatabase(path, {}, (database) =>
        locked(database, () =>
          work({ transaction: (change) => inTransaction(path, database, 'BEGIN EXCLUSIVE', change) }),
        ),
      ),
    prepare: () => retryWhileBusy(path, { waitMsMax: limits.sqliteBusyTimeoutMs }, () => prepareDatabase(path)),
    // A file answers within the call.
    abandon: () => {},
  };
}

/** Reads a file and leaves its folder as it was. */
async function readOnly<Result>(path: string, use: (database: SqliteDatabase) => Promise<Result>): Promise<Result> {
  await rollBackInterrupted(path);
  // A reader creates an empty WAL if the file has no WAL, and only a connection that may write
  // removes it again. A WAL with content is left alone: a connection that may write would copy it
  // into the database at its end.
  const hasLog = hasWal(path);
  const hadShm = existsSync(shmPath(path));
  try {
    return await withDatabase(path, { readonly: hasLog }, use);
  } finally {
    if (hasLog && !hadShm && existsSync(shmPath(path))) removeUnusedShm(path);
  }
}

function hasWal(path: string): boolean {
  try {
    return walBytes(path) > 0;
  } catch (error) {
    throw startError(error, path);
  }
}

/**
 * Rolls back the transaction of a command that was killed in it. Its journal is left beside the
 * file, and SQLite cannot read the file without writing first.
 */
async function rollBackInterrupted(path: string): Promise<void> {
  if (!existsSync(`${path}-journal`)) return;
  await withDatabase(path, {}, async (database) => database.exec('SELECT 1 FROM sqlite_schema'));
}

/** Locks the file against all other processes. */
async function locked<Result>(database: SqliteDatabase, work: () => Promise<Result>): Promise<Result> {
  const mode = database.pragma('journal_mode', { simple: true });
  // The lock stays until the end. SQLite refuses to leave WAL mode while another process has the
  // file open.
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = DELETE');
  database.pragma('synchronous = FULL');
  try {
    return await work();
  } finally {
    database.pragma('locking_mode = NORMAL');
    database.pragma(`journal_mode = ${mode}`);
  }
}

async function withDatabase<Result>(
  path: string,
  options: { readonly readonly?: boolean },
  use: (database: SqliteDatabase) => Promise<Result>,
): Promise<Result> {
  try {
    accessSync(path);
    const database = new Database(path, { ...options, fileMustExist: true, timeout: busyTimeoutMs });
    try {
      return await use(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw startError(error, path);
  }
}

async function inTransaction<Result>(
  path: string,
  database: SqliteDatabase,
  begin: string,
  use: (file: OfflineDatabase) => Promise<Result>,
): Promise<Result> {
  const statements = new StatementRunner(database);
  database.exec(begin);
  try {
    const result = await use(
      offlineDatabase({ name: path, sql: sqliteOfflineDialect, facts: sqliteFacts, size: SIZE }, async (query) =>
        statements.run(query),
      ),
    );
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
