/** How tine connects to Postgres. */
import { basename, dirname } from 'node:path';
import type { ClientConfig } from 'pg';
import { type DatabaseHost, databaseTlsOptions, type ServerDsn } from '../../config/dsn.ts';
import { takesTls } from './tls-support.ts';

/** The settings of one connection. Certificates are read anew for each. */
export async function connectionSettings(dsn: ServerDsn, host: DatabaseHost): Promise<ClientConfig> {
  const { user, password, database, connectTimeoutMs } = dsn;
  return {
    ...address(host),
    user,
    ...(password === undefined ? {} : { password }),
    database,
    ssl: await tls(dsn, host),
    application_name: 'tine',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  } as ClientConfig;
}

/** A socket's path as libpq makes it: its directory, and the port at the end of its name. */
function address(host: DatabaseHost): Pick<ClientConfig, 'host' | 'port'> {
  if (host.socketPath === undefined) return { host: host.host, port: host.port };
  return { host: dirname(host.socketPath), port: Number(basename(host.socketPath).split('.').at(-1)) };
}

async function tls({ tls: wanted, connectTimeoutMs }: ServerDsn, host: DatabaseHost): Promise<ClientConfig['ssl']> {
  if (wanted === undefined || host.socketPath !== undefined) return false;
  if (wanted.mode === 'prefer' && !(await takesTls(host, connectTimeoutMs))) return false;
  return databaseTlsOptions(wanted);
}

/**
 * What every connection is told first. Plans must stay good on an empty table that grows: the statements are written for one way, by the indexes, and a plan made
 * for ten rows must not scan ten million. Compiling a query takes longer than running it. A connection that is lost in the middle of a transaction must not hold the
 * revision lock: other instances wait for it. One that is well says something every few ms.
 */
export const sessionStatements = [
  `SET jit = off`,
  `SET enable_seqscan = off`,
  `SET enable_bitmapscan = off`,
  `SET enable_hashjoin = off`,
  `SET enable_mergejoin = off`,
  `SET enable_material = off`,

  `SET plan_cache_mode = force_generic_plan`,
  `SET bytea_output = hex`,
  `SET synchronous_commit = on`,
  `SET idle_in_transaction_session_timeout = '2s'`,
  `SET tcp_keepalives_idle = 10`,
  `SET tcp_keepalives_interval = 5`,
  `SET tcp_keepalives_count = 3`,
];
