import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** A row of table `kine` as kine writes it. Omitted columns have kine's 0 or NULL. */
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

/** Rows of every kind that kine, now and in older versions, leaves in its table. */
export const kineRows: readonly KineRow[] = [
  { id: 1, name: 'compact_rev_key', created: 1, prev_revision: 3, value: '' },
  { id: 2, name: '/registry/health', created: 1, value: '{"health":"true"}' },
  // Created below the mark, its first row compacted away.
  { id: 4, name: '/registry/a', created: 0, create_revision: 3, prev_revision: 3, value: 'a2', old_value: 'a1' },
  { id: 5, name: '/registry/b', created: 1, value: 'b1' },
  { id: 6, name: '/registry/b', create_revision: 5, prev_revision: 5, value: 'b2', old_value: 'b1' },
  // A delete of 0.16 and later.
  { id: 7, name: '/registry/b', deleted: 1, prev_revision: 6, old_value: 'b2' },
  { id: 8, name: 'gap-8', deleted: 1 },
  { id: 9, name: '/registry/c', created: 1, value: 'c1' },
  // A delete before 0.16.
  { id: 10, name: '/registry/c', deleted: 1, create_revision: 9, prev_revision: 9, value: 'c1', old_value: 'c1' },
  // Creations over tombstones: of now, and of older versions with the deleted value.
  { id: 11, name: '/registry/b', created: 1, prev_revision: 7, value: 'b3' },
  { id: 12, name: '/registry/c', created: 1, prev_revision: 10, value: 'c2', old_value: 'c1' },
  { id: 13, name: '/registry/leased', created: 1, lease: 600, value: 'l1' },
  { id: 14, name: '/registry/empty', created: 1, value: null },
  { id: 15, name: 'compact_rev_key_apiserver', created: 1, value: '1|7' },
  { id: 16, name: 'compact_rev_key_apiserver', create_revision: 15, prev_revision: 15, value: '2|9', old_value: '1|7' },
  { id: 17, name: '/registry/é', created: 1, value: 'not ASCII' },
  { id: 18, name: 'gap-18', deleted: 1 },
  { id: 19, name: '/registry/b', create_revision: 11, prev_revision: 11, value: 'b4', old_value: 'b3' },
];

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
