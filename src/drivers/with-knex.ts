import type { Knex } from 'knex';
import { DriverError } from '../errors.ts';
import { succeedsWithin } from '../kit/within.ts';
import { remoteLimits } from './remote/remote-limits.ts';

/** Drops all messages: the caller receives each failure as an error. */
const silentLog = { debug() {}, deprecate() {}, error() {}, warn() {} };

/** How work over the network ends early. */
export interface Abandonment {
  /** The work is abandoned. */
  readonly signal: AbortSignal | undefined;
  /** Closes a connection without notice to the server. Everything that waits on it fails. */
  destroy(connection: unknown): void;
}

type Config = Pick<Knex.Config, 'client' | 'version' | 'connection' | 'useNullAsDefault'>;

/**
 * Runs work with knex over one connection, because settings and locks belong to a connection. knex
 * has 350 modules and only prepares a database, so it is loaded on demand.
 */
export async function withKnex<Result>(
  config: Config,
  use: (database: Knex) => Promise<Result>,
  abandonment?: Abandonment,
): Promise<Result> {
  const { default: knex } = await import('knex');
  const connections = new Set<unknown>();
  const destroyAll = (): void => {
    for (const connection of connections) abandonment?.destroy(connection);
  };
  const afterCreate = (connection: unknown, done: (error: Error | null, connection: unknown) => void): void => {
    connections.add(connection);
    const isLate = abandonment?.signal?.aborted === true;
    if (isLate) destroyAll();
    done(isLate ? new DriverError('lost', 'the connection was abandoned') : null, connection);
  };
  const database = knex({ ...config, pool: { min: 0, max: 1, afterCreate }, log: silentLog });
  abandonment?.signal?.addEventListener('abort', destroyAll);
  try {
    return await use(database);
  } finally {
    abandonment?.signal?.removeEventListener('abort', destroyAll);
    // knex waits for work under way, and for the server to close the connection.
    const destroyed = database.destroy();
    if (abandonment === undefined) await destroyed;
    else if (!(await succeedsWithin(remoteLimits.closeMsMax, destroyed))) destroyAll();
  }
}
