/**
 * Creates the tables of users, roles and alarms. Whether auth is on, and the auth revision, are
 * named numbers in `tine_state`.
 */
import type { Knex } from 'knex';
import type { SchemaWords } from './words.ts';

export const name = '002-auth';

export async function up(knex: Knex, words: SchemaWords): Promise<void> {
  const { name: key, leaseId, small, bytes, table, keyedTable } = words;
  // Details are etcd's messages: authpb.User, authpb.Role. Names are escaped like keys.
  for (const owner of ['tine_user', 'tine_role']) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${owner} (name ${key} NOT NULL PRIMARY KEY, details ${bytes} NOT NULL)${table}`,
    );
  }
  // Alarms by etcd's number (1: no space, 2: corrupt).
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_alarm (member_id ${leaseId} NOT NULL, alarm ${small} NOT NULL, PRIMARY KEY (member_id, alarm))${keyedTable}`,
  );
}
