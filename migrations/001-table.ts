/**
 * Table `kine` with kine's columns and tine's own, the index of newest rows, and tine's small tables. On a database that kine made the
 * table is there: it gets the columns it lacks, and loses the indexes that tine's statements do not use.
 */
import type { Knex } from 'knex';

export const name = '001-table';

export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('kine')) await extend(knex);
  else await create(knex);
  await knex.raw('CREATE UNIQUE INDEX IF NOT EXISTS kine_name_prev_revision_uindex ON kine (name, prev_revision)');
  await knex.raw('CREATE INDEX IF NOT EXISTS kine_name_id_index ON kine (name, id)');
  await knex.raw('CREATE INDEX IF NOT EXISTS kine_revision_index ON kine (revision) WHERE revision > 0');
  // The newest row of each key. It can be dropped and rebuilt from kine.
  await knex.raw(
    'CREATE TABLE kine_current (name TEXT PRIMARY KEY, id INTEGER NOT NULL, lease_id INTEGER) WITHOUT ROWID',
  );
  await knex.raw('CREATE INDEX kine_current_lease_index ON kine_current (lease_id, name) WHERE lease_id <> 0');
  await knex.raw(
    'CREATE TABLE tine_lease (id INTEGER PRIMARY KEY, ttl_seconds INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL)',
  );
  await knex.raw('CREATE INDEX tine_lease_expiry_index ON tine_lease (expires_at_ms)');
  // Named numbers: compacted_id (rows below the compaction mark are gone up to here), covered_id (kine_current knows every row up to here).
  await knex.raw('CREATE TABLE tine_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID');
}

/** The small columns stand before the value: a row whose value fills several pages is judged by its first. */
async function create(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE kine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT,
    created INTEGER,
    deleted INTEGER,
    create_revision INTEGER,
    prev_revision INTEGER,
    lease INTEGER,
    version INTEGER,
    lease_id INTEGER,
    revision INTEGER,
    value BLOB,
    old_value BLOB)`);
  // The compaction mark. It is row 1, so a fresh store is at revision 1, as etcd's.
  await knex.raw(`INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
    VALUES (1, 'compact_rev_key', 1, 0, 0, 0, 0, 1, X'')`);
}

async function extend(knex: Knex): Promise<void> {
  for (const column of ['version', 'lease_id', 'revision']) {
    if (!(await knex.schema.hasColumn('kine', column))) await knex.raw(`ALTER TABLE kine ADD COLUMN ${column} INTEGER`);
  }
  for (const index of [
    'kine_name_index',
    'kine_id_deleted_index',
    'kine_prev_revision_index',
    'kine_id_compact_rev_key_with_prev_revision_index',
  ]) {
    await knex.raw(`DROP INDEX IF EXISTS ${index}`);
  }
}
