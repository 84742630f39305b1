/**
 * Servers that accept Postgres's statements but give them another meaning. A Postgres is made into
 * one by functions that take precedence over the server's own functions.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownServer, TINE_DRIVERS } from '../support/index.ts';
import { rolesDatabase } from '../support/postgres-roles.ts';

const integers = 'first integer, second integer';

const imitations: readonly {
  readonly name: string;
  readonly functions: readonly string[];
  readonly refusal: RegExp;
}[] = [
  {
    name: 'advisory locks do nothing',
    functions: [
      `pg_advisory_xact_lock(${integers}) RETURNS void LANGUAGE sql AS 'SELECT'`,
      `pg_try_advisory_xact_lock(${integers}) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
    ],
    refusal: /its advisory locks have no effect, so tine could lose acknowledged writes/,
  },
  {
    name: 'advisory locks are refused',
    functions: [
      `pg_try_advisory_xact_lock(${integers}) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE feature_not_supported; END'`,
    ],
    refusal: /the server lacks a feature of Postgres that tine needs/,
  },
];

if (TINE_DRIVERS.some(({ name }) => name === 'postgres')) {
  for (const { name, functions, refusal } of imitations)
    test(`postgres: a server whose ${name} is refused at the start, with the reason`, async (context) => {
      const database = await rolesDatabase(context, process.env.TINE_TEST_POSTGRES_URL ?? '');
      const role = await database.role({ search_path: 'imitation, pg_catalog, public' });
      await database.administrator.query(`CREATE SCHEMA imitation; GRANT USAGE ON SCHEMA imitation TO ${role.user}`);
      for (const each of functions) await database.administrator.query(`CREATE FUNCTION imitation.${each}`);
      await assert.rejects(ownServer(context, { driver: role }), refusal);
    });
}
