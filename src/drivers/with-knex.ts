import type { Knex } from 'knex';

/** Drops all messages: the caller receives each failure as an error. */
const silentLog = { debug() {}, deprecate() {}, error() {}, warn() {} };

/**
 * Runs work with knex over one connection, because settings and locks belong to a connection. knex
 * has 350 modules and only prepares a database, so it is loaded on demand.
 */
export async function withKnex<Result>(
  config: Pick<Knex.Config, 'client' | 'version' | 'connection' | 'useNullAsDefault'>,
  use: (database: Knex) => Promise<Result>,
): Promise<Result> {
  const { default: knex } = await import('knex');
  const database = knex({ ...config, pool: { min: 0, max: 1 }, log: silentLog });
  try {
    return await use(database);
  } finally {
    await database.destroy();
  }
}
