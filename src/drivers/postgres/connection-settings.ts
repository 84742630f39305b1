/** The settings of connections to Postgres. */
import { basename, dirname } from 'node:path';
import type { ClientConfig } from 'pg';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { remoteLimits } from '../remote/remote-limits.ts';
import { tlsOptions } from '../remote/tls-options.ts';
import { supportsTls } from './tls-support.ts';

/**
 * The settings of one connection. Certificates are read again for each. When the signal aborts, the
 * attempt to find out whether the server supports TLS ends.
 */
export async function connectionSettings(
  dsn: RemoteDsn,
  host: DatabaseHost,
  signal?: AbortSignal,
): Promise<ClientConfig> {
  const { user, password, database, connectTimeoutMs } = dsn;
  return {
    ...address(host),
    user,
    ...(password === undefined ? {} : { password }),
    database,
    ssl: await tls(dsn, host, signal),
    application_name: 'tine',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: remoteLimits.keepAliveAfterMs,
  } as ClientConfig;
}

/**
 * The address of a socket as libpq builds it: its directory, and the port at the end of its name.
 */
function address(host: DatabaseHost): Pick<ClientConfig, 'host' | 'port'> {
  if (host.socketPath === undefined) return { host: host.host, port: host.port };
  return { host: dirname(host.socketPath), port: Number(basename(host.socketPath).split('.').at(-1)) };
}

async function tls(
  { tls: options, connectTimeoutMs }: RemoteDsn,
  host: DatabaseHost,
  signal: AbortSignal | undefined,
): Promise<ClientConfig['ssl']> {
  if (options === undefined || host.socketPath !== undefined) return false;
  if (options.mode === 'prefer' && !(await supportsTls(host, connectTimeoutMs, signal))) return false;
  return tlsOptions(options);
}
