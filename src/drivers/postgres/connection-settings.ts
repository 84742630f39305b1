/** How tine connects to Postgres. */
import { basename, dirname } from 'node:path';
import type { ClientConfig } from 'pg';
import { type DatabaseHost, databaseTlsOptions, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { takesTls } from './tls-support.ts';

/** The settings of one connection. Certificates are read anew for each. */
export async function connectionSettings(dsn: RemoteDsn, host: DatabaseHost): Promise<ClientConfig> {
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

async function tls({ tls: wanted, connectTimeoutMs }: RemoteDsn, host: DatabaseHost): Promise<ClientConfig['ssl']> {
  if (wanted === undefined || host.socketPath !== undefined) return false;
  if (wanted.mode === 'prefer' && !(await takesTls(host, connectTimeoutMs))) return false;
  return databaseTlsOptions(wanted);
}
