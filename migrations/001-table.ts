/**
 * Creates table `kine` with kine's columns and tine's own, the index of newest rows, and tine's
 * small tables. On a database of kine the table exists: missing columns are added, and indexes that
 * tine's statements do not use are dropped. Every step may have run before, because not every
 * database rolls back all steps when one fails.
 */
import type { Knex } from 'knex';
import type { SchemaWords } from './words.ts';

export const name = '001-table';

export async function up(knex: Knex, words: SchemaWords): Promise<void> {
  if (await knex.schema.hasTable('kine')) await extend(knex, words);
  else await create(knex, words);
  await fill(knex, words);
  await addIndex(knex, words, 'UNIQUE INDEX', 'kine_name_prev_revision_uindex', '(name, prev_revision)');
  await addIndex(knex, words, 'INDEX', 'kine_name_id_index', '(name, id)');
  await addIndex(knex, words, 'INDEX', 'kine_revision_index', `(revision, id)${words.where('revision > 0')}`);
  const { name: key, id, leaseId, small } = words;
  // The newest row of each key, and the size of its value. The table can be rebuilt from table
  // `kine`.
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS kine_current (name ${key} NOT NULL PRIMARY KEY, id ${id} NOT NULL, lease_id ${leaseId}, value_bytes ${small} NOT NULL DEFAULT 0)${words.keyedTable}`,
  );
  await addIndex(
    knex,
    words,
    'INDEX',
    'kine_current_lease_index',
    `(lease_id, name)${words.where('lease_id <> 0')}`,
    'kine_current',
  );
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_lease (id ${leaseId} NOT NULL PRIMARY KEY, ttl_seconds ${leaseId} NOT NULL, expires_at_ms ${leaseId} NOT NULL)${words.table}`,
  );
  await addIndex(knex, words, 'INDEX', 'tine_lease_expiry_index', '(expires_at_ms)', 'tine_lease');
  // The instances that share this database: details of each (JSON), and the time of its last
  // renewal.
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_member (id ${leaseId} NOT NULL PRIMARY KEY, details ${words.bytes} NOT NULL, seen_at_ms ${leaseId} NOT NULL)${words.table}`,
  );
  // The last commit of each connection for writes. It shows whether a commit in doubt took effect.
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_commit (slot ${leaseId} NOT NULL PRIMARY KEY, token ${leaseId} NOT NULL, at_ms ${leaseId} NOT NULL)${words.table}`,
  );
  // Named numbers, for example compacted_id (unreachable rows are deleted up to this id) and
  // covered_id (kine_current is complete up to this id).
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_state (name ${words.label} NOT NULL PRIMARY KEY, value ${leaseId} NOT NULL)${words.keyedTable}`,
  );
}

/**
 * The small columns come before the value, so that they are on the first page of a row whose value
 * fills several pages.
 */
async function create(knex: Knex, words: SchemaWords): Promise<void> {
  const { newId, id, leaseId, small, name: key, bytes } = words;
  await knex.raw(`CREATE TABLE kine (
    id ${newId},
    name ${key},
    created ${small},
    deleted ${small},
    create_revision ${id},
    prev_revision ${id},
    lease ${small},
    version ${id},
    lease_id ${leaseId},
    revision ${id},
    sub_revision ${small},
    value ${bytes},
    old_value ${bytes})${words.table}`);
}

/**
 * Inserts the compaction mark into an empty table. It is row 1, so a new store is at revision 1, as
 * in etcd.
 */
async function fill(knex: Knex, { noBytes, advanceIds }: SchemaWords): Promise<void> {
  if ((await knex('kine').select('id').limit(1)).length > 0) return;
  await knex.raw(`INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
    VALUES (1, 'compact_rev_key', 1, 0, 0, 0, 0, 1, ${noBytes})`);
  if (advanceIds !== undefined) await knex.raw(advanceIds);
}

async function extend(knex: Knex, words: SchemaWords): Promise<void> {
  for (const statement of words.adaptKine) await knex.raw(statement);
  for (const [column, type] of [
    ['version', words.id],
    ['lease_id', words.leaseId],
    ['revision', words.id],
  ]) {
    if (!(await knex.schema.hasColumn('kine', column as string))) {
      await knex.raw(`ALTER TABLE kine ADD COLUMN ${column} ${type}`);
    }
  }
  for (const index of [
    'kine_name_index',
    'kine_id_deleted_index',
    'kine_prev_revision_index',
    'kine_id_compact_rev_key_with_prev_revision_index',
    'kine_list_query_index',
  ]) {
    if (words.ifNoIndex !== '' || (await hasIndex(knex, 'kine', index))) await knex.raw(words.dropIndex(index));
  }
}

async function addIndex(
  knex: Knex,
  words: SchemaWords,
  kind: string,
  index: string,
  columns: string,
  table = 'kine',
): Promise<void> {
  if (words.ifNoIndex === '' && (await hasIndex(knex, table, index))) return;
  await knex.raw(`CREATE ${kind} ${words.ifNoIndex}${index} ON ${table} ${columns}`);
}

/** For databases without `IF [NOT] EXISTS` for indexes. */
async function hasIndex(knex: Knex, table: string, index: string): Promise<boolean> {
  const found = (await knex.raw(
    'SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?',
    [table, index],
  )) as readonly [readonly unknown[]];
  return found[0].length > 0;
}
