/**
 * Adds the sub revision: the position of a row among the rows of its revision. NULL is 0, the first
 * or only row. It cannot be computed from the table, because compaction may have deleted the rows
 * before it. A snapshot in etcd's format and the hashes that etcd's tools compare contain it.
 */
import type { Knex } from 'knex';
import type { SchemaWords } from './words.ts';

export const name = '004-sub-revision';

export async function up(knex: Knex, words: SchemaWords): Promise<void> {
  if (await knex.schema.hasColumn('kine', 'sub_revision')) return;
  await knex.raw(`ALTER TABLE kine ADD COLUMN sub_revision ${words.small}`);
}
