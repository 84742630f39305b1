import type Database from 'better-sqlite3';
import { assert } from '../../errors.ts';

/**
 * Makes the column of names a column of text. Up to 0.16.2 kine declared it as INTEGER, and SQLite
 * then stores a key such as `007` as the number 7, which reads do not return as the same key.
 *
 * A declared type is not stored with the rows, so only the schema is changed. Names that are
 * numbers are converted, without the indexes, which would not find them under another type. One
 * transaction.
 */
export function makeNamesText(database: Database.Database): void {
  if (isText(database)) return;
  database.pragma('synchronous = FULL');
  database.unsafeMode(true);
  try {
    database.transaction(() => convert(database)).immediate();
  } finally {
    database.unsafeMode(false);
  }
}

function isText(database: Database.Database): boolean {
  const type = database.prepare("SELECT type FROM pragma_table_info('kine') WHERE name = 'name'").pluck().get();
  return type === undefined || !/INT/i.test(String(type));
}

function convert(database: Database.Database): void {
  // Another instance may have converted it meanwhile.
  if (isText(database)) return;
  const hasNumbers = database.prepare("SELECT 1 FROM kine WHERE typeof(name) IN ('integer', 'real') LIMIT 1").get();
  const indexes =
    hasNumbers === undefined
      ? []
      : (database
          .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'kine' AND sql IS NOT NULL")
          .all() as { readonly name: string; readonly sql: string }[]);
  for (const { name } of indexes) database.exec(`DROP INDEX "${name}"`);
  declareText(database);
  assert(isText(database), 'the declaration of column name was changed');
  if (hasNumbers !== undefined)
    database.exec("UPDATE kine SET name = CAST(name AS TEXT) WHERE typeof(name) IN ('integer', 'real')");
  for (const { sql } of indexes) database.exec(sql);
}

/** Changes the text of the schema. A new version of the schema makes other connections read it. */
function declareText(database: Database.Database): void {
  const ofTable = "type = 'table' AND name = 'kine'";
  const text = database.prepare(`SELECT sql FROM sqlite_schema WHERE ${ofTable}`).pluck().get() as string;
  const version = database.pragma('schema_version', { simple: true }) as number;
  database.pragma('writable_schema = ON');
  database
    .prepare(`UPDATE sqlite_schema SET sql = ? WHERE ${ofTable}`)
    .run(text.replace(/(\bname["`\]]?\s+)\w*INT\w*/i, '$1TEXT'));
  database.pragma(`schema_version = ${version + 1}`);
  database.pragma('writable_schema = RESET');
}
