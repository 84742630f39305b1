/** A SQLite file before it is served: is it there, is it ours, is its schema this version's? */
import { existsSync, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { migrationSource, migrations, migrationsTable } from '../../../migrations/migrations.ts';
import { sqliteWords } from '../../../migrations/words.ts';
import { limits } from '../../limits.ts';
import { silentLog } from '../knex-log.ts';
import { refuseForeignColumns, refuseNewer } from '../schema-checks.ts';
import { ownerOnly } from './file-modes.ts';

/**
 * Makes the file if it is missing, and brings its schema up to date. Several instances may do so at once: an attempt that meets the lock of another has no effect.
 *
 * @throws StartError for what a person must mend; whatever SQLite or the file system say.
 */
export async function prepareDatabase(path: string): Promise<void> {
  await makeDirectory(dirname(path));
  await makeFile(path);
  const applied = inspect(path);
  refuseNewer(path, applied);
  if (applied.length < migrations.length) await migrate(path);
}

/** For its owner alone, whatever the umask; SQLite gives its WAL the same mode. An empty file is a new database. */
async function makeFile(path: string): Promise<void> {
  if (existsSync(path)) return;
  const file = await open(path, 'a', ownerOnly.file);
  await file.close();
}

/** With those above it. Node's own way tries for ever where a file system takes no directories, such as /proc. */
async function makeDirectory(path: string): Promise<void> {
  if (isDirectory(path)) return;
  await makeDirectory(dirname(path));
  await mkdir(path, ownerOnly.directory).catch((error) => {
    // Another instance may have made it.
    if (!isDirectory(path)) throw error;
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The names of the migrations a file has; a new file gets its settings, which cannot be changed later. */
function inspect(path: string): readonly string[] {
  const database = new Database(path, { timeout: limits.sqliteBusyTimeoutMs });
  try {
    if (database.pragma('page_count', { simple: true }) === 0) database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    refuseForeignTable(database, path);
    const known = database
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
      .get(migrationsTable);
    if (known === undefined) return [];
    return database.prepare(`SELECT name FROM ${migrationsTable} ORDER BY id`).pluck().all() as string[];
  } finally {
    database.close();
  }
}

/** A table `kine` that has not kine's columns is another program's. */
function refuseForeignTable(database: Database.Database, path: string): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('kine')").pluck().all();
  if (columns.length === 0) return;
  refuseForeignColumns(path, columns, 'file');
}

/**
 * knex is loaded only when there is something to do. All of it is one transaction, knex's own lock included: a process that is killed half-way
 * leaves the file as it was, without a lock to remove by hand.
 */
async function migrate(path: string): Promise<void> {
  const { default: knex } = await import('knex');
  const database = knex({
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    log: silentLog,
  });
  try {
    await database.raw(`PRAGMA busy_timeout = ${limits.sqliteBusyTimeoutMs}`);
    await database.raw('PRAGMA synchronous = FULL');
    await database.transaction(async (transaction) => {
      // knex's BEGIN takes no lock. SQLite waits for the lock of another instance only here, before the first read.
      await transaction.raw('ROLLBACK');
      await transaction.raw('BEGIN IMMEDIATE');
      if (await transaction.schema.hasTable(migrationsTable)) {
        refuseNewer(path, await transaction(migrationsTable).orderBy('id').pluck<string[]>('name'));
      }
      await transaction.migrate.latest({
        tableName: migrationsTable,
        disableTransactions: true,
        migrationSource: migrationSource(sqliteWords),
      });
    });
  } finally {
    await database.destroy();
  }
}
