/**
 * Prepares a SQLite file before it is served: creates it, checks that it is kine's or tine's, and
 * migrates its schema.
 */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { migrationSource, migrations, migrationsTable } from '../../../migrations/migrations.ts';
import { sqliteSchema } from '../../../migrations/sqlite-schema.ts';
import { sqliteWords } from '../../../migrations/words.ts';
import { limits } from '../../limits.ts';
import { refuseForeignColumns, refuseNewer } from '../schema-checks.ts';
import { withKnex } from '../with-knex.ts';
import { ownerOnly } from './file/file-modes.ts';
import { makeNamesText } from './name-column.ts';

/**
 * Creates the file if it is missing, and migrates its schema. Several instances may do this at
 * once: an attempt that meets the lock of another one has no effect. `onMigrate` is called before
 * the schema of an existing file is changed.
 *
 * @throws StartError for a fault that the operator must repair; errors of SQLite and the file
 * system.
 */
export async function prepareDatabase(path: string, onMigrate?: () => void): Promise<void> {
  makeDirectory(dirname(path));
  makeFile(path);
  const applied = inspect(path);
  refuseNewer(path, applied);
  if (applied.length === migrations.length) return;
  onMigrate?.();
  await migrate(path);
}

/**
 * Creates the file for its owner alone, whatever the umask. SQLite gives the WAL the same mode. An
 * empty file is a new database.
 */
function makeFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', ownerOnly.file));
}

/**
 * Creates the directory and its parents. Node's recursive mkdir never ends on a file system that
 * refuses directories, such as /proc.
 */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, ownerOnly.directory);
  } catch (error) {
    // Another instance may have created it.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The names of the applied migrations. A new file first gets its schema, and the settings that
 * cannot be changed later.
 */
function inspect(path: string): readonly string[] {
  const database = new Database(path, { timeout: limits.sqliteBusyTimeoutMs });
  try {
    if (database.pragma('page_count', { simple: true }) === 0) database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    if (isEmpty(database)) createSchema(database);
    refuseForeignTable(database, path);
    makeNamesText(database);
    const known = database
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
      .get(migrationsTable);
    if (known === undefined) return [];
    return database.prepare(`SELECT name FROM ${migrationsTable} ORDER BY id`).pluck().all() as string[];
  } finally {
    database.close();
  }
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

/** Creates the schema in one transaction, unless another instance has created it meanwhile. */
function createSchema(database: Database.Database): void {
  database.pragma('synchronous = FULL');
  const create = database.transaction(() => {
    if (isEmpty(database)) database.exec(sqliteSchema);
  });
  create.immediate();
}

/** A table `kine` without kine's columns belongs to another program. */
function refuseForeignTable(database: Database.Database, path: string): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('kine')").pluck().all();
  if (columns.length === 0) return;
  refuseForeignColumns(path, columns, 'file');
}

/**
 * Migrates in one transaction, knex's own lock included. A process that is killed half-way leaves
 * the file as it was, without a lock to remove by hand.
 */
async function migrate(path: string): Promise<void> {
  const config = { client: 'better-sqlite3', connection: { filename: path }, useNullAsDefault: true };
  await withKnex(config, async (database) => {
    await database.raw(`PRAGMA busy_timeout = ${limits.sqliteBusyTimeoutMs}`);
    await database.raw('PRAGMA synchronous = FULL');
    await database.transaction(async (transaction) => {
      // knex's BEGIN takes no lock. BEGIN IMMEDIATE waits for the lock of another instance, before
      // the first read.
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
  });
}
