import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** A row of table `kine` as kine writes it; what is left out is kine's 0 or NULL. */
export interface KineRow {
  readonly id: number;
  readonly name: string;
  readonly created?: 0 | 1;
  readonly deleted?: 0 | 1;
  readonly create_revision?: number;
  readonly prev_revision?: number;
  readonly lease?: number;
  readonly value?: string | null;
  readonly old_value?: string | null;
}

export interface KineFileOptions {
  /** Up to 0.16.2 kine declared the column of names as a number. */
  readonly nameType?: 'TEXT' | 'INTEGER';
}

/** Writes a SQLite file with the schema and indexes that kine makes, holding these rows. */
export function writeKineFile(
  path: string,
  rows: readonly KineRow[],
  { nameType = 'TEXT' }: KineFileOptions = {},
): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(`
    CREATE TABLE kine (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name ${nameType},
      created INTEGER,
      deleted INTEGER,
      create_revision INTEGER,
      prev_revision INTEGER,
      lease INTEGER,
      value BLOB,
      old_value BLOB
    );
    CREATE INDEX kine_name_index ON kine (name);
    CREATE INDEX kine_name_id_index ON kine (name, id);
    CREATE INDEX kine_id_deleted_index ON kine (id, deleted);
    CREATE INDEX kine_prev_revision_index ON kine (prev_revision);
    CREATE UNIQUE INDEX kine_name_prev_revision_uindex ON kine (name, prev_revision);
    CREATE INDEX kine_list_query_index ON kine (id, name, prev_revision) WHERE deleted = 0;
  `);
  const insert = database.prepare(`
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, old_value)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const bytes = (text: string | null | undefined) => (text === null || text === undefined ? null : Buffer.from(text));
  for (const row of rows) {
    insert.run(
      row.id,
      row.name,
      row.created ?? 0,
      row.deleted ?? 0,
      row.create_revision ?? 0,
      row.prev_revision ?? 0,
      row.lease ?? 0,
      bytes(row.value),
      bytes(row.old_value),
    );
  }
  database.close();
}
