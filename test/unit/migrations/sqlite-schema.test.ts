import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { prepareDatabase } from '../../../src/drivers/sqlite/prepare-database.ts';
import { temporaryDirectory } from '../../support/index.ts';

test('a new SQLite file has the schema and rows that the migrations create', async () => {
  assert.deepEqual(contentsOf(await created()), contentsOf(await migrated()));
});

test('a new SQLite file records its migrations with the time of their creation, as knex does', async () => {
  for (const path of [await migrated(), await created()]) {
    const times = withDatabase(path, (database) =>
      database.prepare('SELECT migration_time FROM tine_migrations').pluck().all(),
    );
    assert.ok(times.length > 0);
    for (const time of times) assert.ok(Math.abs(Date.now() - (time as number)) < 60_000, `${path}: ${time}`);
  }
});

async function created(): Promise<string> {
  const path = join(temporaryDirectory(), 'created.db');
  await prepareDatabase(path);
  return path;
}

/** A file that knex migrated, because it had a table. */
async function migrated(): Promise<string> {
  const path = join(temporaryDirectory(), 'migrated.db');
  withDatabase(path, (database) => {
    database.pragma('auto_vacuum = INCREMENTAL');
    database.exec('CREATE TABLE other (id INTEGER)');
  });
  await prepareDatabase(path);
  withDatabase(path, (database) => database.exec('DROP TABLE other'));
  return path;
}

/** The schema without its layout, and all rows without the time of migrations. */
function contentsOf(path: string): object {
  return withDatabase(path, (database) => {
    const schema = database
      .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')
      .all() as Part[];
    const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => name);
    assert.ok(tables.includes('kine') && tables.includes('tine_migrations_lock'));
    return {
      schema: schema.map((part) => ({ ...part, sql: part.sql && withoutLayout(part.sql) })),
      columns: tables.map((table) => database.pragma(`table_xinfo(${table})`)),
      rows: Object.fromEntries(tables.map((table) => [table, rowsOf(database, table)])),
      settings: ['auto_vacuum', 'journal_mode', 'page_size', 'user_version'].map((name) => database.pragma(name)),
    };
  });
}

interface Part {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** knex quotes names with backticks. */
function withoutLayout(sql: string): string {
  return sql.replace(/[`"]/g, '').replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')');
}

function rowsOf(database: Database.Database, table: string): readonly object[] {
  const rows = database.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
  return rows
    .map(({ migration_time: _time, ...row }) => row)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function withDatabase<Result>(path: string, use: (database: Database.Database) => Result): Result {
  const database = new Database(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
