import { closeSync, fsyncSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sqliteDialect } from '../../src/sql/dialects/sqlite-dialect.ts';
import { putRow } from '../../src/sql/rows/kine-rows.ts';
import { INSERT_ROWS, SET_CURRENT } from '../../src/sql/statements/write-statements.ts';
import { valueSource } from '../load/values.ts';
import { keyName } from './key-name.ts';

/** Keys that are written in rounds. Each round writes every key once, in its own order. */
export interface Fill {
  readonly prefix: string;
  readonly keyCount: number;
  /** Rounds: the revisions each key has. */
  readonly revisionCount: number;
  readonly valueBytes: number;
}

/** Larger than the indexes while they are built. */
const cacheKibibytes = 1024 * 1024;

/**
 * Adds rows to a file that tine created and that no process has open. The rows are as tine itself
 * would have written them one by one: ids without gaps, versions, the row that each row replaces,
 * and the index of newest rows. A million rows take seconds instead of minutes.
 */
export function fillDatabase(path: string, fills: readonly Fill[]): void {
  const database = new Database(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma(`cache_size = -${cacheKibibytes}`);
    database.transaction(() => {
      withoutIndexes(database, () => {
        for (const fill of fills) insertRounds(database, fill);
      });
    })();
    database.pragma('journal_mode = WAL');
  } finally {
    database.close();
  }
  flushToDisk(path);
}

/** Builds the indexes of `kine` once, after the rows: much faster than row by row. */
function withoutIndexes(database: Database.Database, insert: () => void): void {
  const indexes = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'kine' AND sql IS NOT NULL",
    )
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  insert();
  for (const { sql } of indexes) database.exec(sql);
}

function insertRounds(database: Database.Database, fill: Fill): void {
  const insert = database.prepare(INSERT_ROWS.text(sqliteDialect));
  const setCurrent = database.prepare(SET_CURRENT.text(sqliteDialect));
  const value = valueSource(fill.valueBytes);
  const names = Array.from({ length: fill.keyCount }, (_, index) => keyName(fill.prefix, index));
  const createIds = new Float64Array(fill.keyCount);
  const newestIds = new Float64Array(fill.keyCount);
  let id = database.prepare('SELECT MAX(id) FROM kine').pluck().get() as number;
  for (let round = 1; round <= fill.revisionCount; round += 1) {
    for (const index of shuffled(fill.keyCount)) {
      id += 1;
      const isCreate = round === 1;
      // No transaction here writes several keys, so each id equals its revision.
      const row = putRow({
        id,
        revision: id,
        subRevision: 0,
        name: names[index] as string,
        replacedId: isCreate ? 0 : (newestIds[index] as number),
        createRevision: isCreate ? undefined : createIds[index],
        version: round,
        value: value(),
        lease: { id: 0n, ttlSeconds: 0 },
      });
      insert.run(INSERT_ROWS.encode(row));
      if (isCreate) createIds[index] = id;
      newestIds[index] = id;
    }
  }
  names.forEach((name, index) => {
    setCurrent.run(name, newestIds[index], null, fill.valueBytes);
  });
}

/**
 * Writes the kernel's dirty pages to disk. Otherwise this work would be measured with the server.
 */
function flushToDisk(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** The numbers below `count` in a random order. */
function shuffled(count: number): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] as number, numbers[last] as number];
  }
  return numbers;
}
