/** Users and roles, and the alarms of instances. Whether authentication is on, and the number of its changes, are named numbers of `tine_state`. */
import type { Knex } from 'knex';
import type { SchemaWords } from './words.ts';

export const name = '002-auth';

export async function up(knex: Knex, words: SchemaWords): Promise<void> {
  const { name: key, leaseId, small, bytes, table, keyedTable } = words;
  // Details are etcd's messages: authpb.User, authpb.Role. Names are escaped as keys are.
  for (const owner of ['tine_user', 'tine_role']) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${owner} (name ${key} NOT NULL PRIMARY KEY, details ${bytes} NOT NULL)${table}`,
    );
  }
  // An alarm by its number of etcd's (1: no space, 2: corrupt).
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_alarm (member_id ${leaseId} NOT NULL, alarm ${small} NOT NULL, PRIMARY KEY (member_id, alarm))${keyedTable}`,
  );
}
