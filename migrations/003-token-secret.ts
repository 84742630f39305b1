/** Creates the table of the secret that signs tokens: one row while auth is on. */
import type { Knex } from 'knex';
import type { SchemaWords } from './words.ts';

export const name = '003-token-secret';

export async function up(knex: Knex, words: SchemaWords): Promise<void> {
  const { label, bytes, keyedTable } = words;
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS tine_secret (name ${label} NOT NULL PRIMARY KEY, value ${bytes} NOT NULL)${keyedTable}`,
  );
}
