/** The settings of connections to MySQL and MariaDB. */
import { connect } from 'node:net';
import type { Knex } from 'knex';
import type { ConnectionOptions, SslOptions } from 'mysql2';
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
): Promise<ConnectionOptions> {
  const ssl = await tlsSettings(dsn, host, signal);
  return ssl === undefined ? plainSettings(dsn, host) : { ...plainSettings(dsn, host), ...ssl };
}

/** knex passes the settings to mysql2 unchanged, but its type describes fewer of them. */
export function forKnex(settings: ConnectionOptions): Knex.MySql2ConnectionConfig {
  return settings as unknown as Knex.MySql2ConnectionConfig;
}

function plainSettings(
  { user, password, database, connectTimeoutMs }: RemoteDsn,
  host: DatabaseHost,
): ConnectionOptions {
  return {
    ...(host.socketPath === undefined ? { host: host.host, port: host.port } : { socketPath: host.socketPath }),
    user,
    ...(password === undefined ? {} : { password }),
    database,
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4',
    enableKeepAlive: true,
    keepAliveInitialDelay: remoteLimits.keepAliveAfterMs,
    multipleStatements: true,
    // Sums are decimals to the server. Ids and revisions stay far below 2^53; lease ids are
    // selected as text.
    decimalNumbers: true,
    connectAttributes: { program_name: 'tine' },
    // The server may not request files.
    flags: ['-LOCAL_FILES'],
  };
}

type Tls = Pick<ConnectionOptions, 'ssl' | 'host' | 'stream'>;

async function tlsSettings(
  dsn: RemoteDsn,
  host: DatabaseHost,
  signal: AbortSignal | undefined,
): Promise<Tls | undefined> {
  const { tls } = dsn;
  if (tls === undefined || host.socketPath !== undefined) return undefined;
  const { checkServerIdentity: _checkServerIdentity, ...options } = tlsOptions(tls);
  const settings = {
    ssl: { ...(options as SslOptions), verifyIdentity: tls.mode === 'verify-full' },
    ...namedHost(host.host, host.port),
  };
  if (tls.mode !== 'prefer') return settings;
  return (await supportsTls(host, { ...plainSettings(dsn, host), ...settings }, signal)) ? settings : undefined;
}

const keepAlive = { keepAlive: true, keepAliveInitialDelay: remoteLimits.keepAliveAfterMs } as const;

/**
 * mysql2 verifies the certificate of an IP address as if the host were localhost. With a dot at the
 * end, mysql2 treats the address as a name, and Node compares it with the certificate as an
 * address. mysql2 sets no options on a stream that it did not open.
 */
function namedHost(host: string, port: number): Omit<Tls, 'ssl'> {
  if (!/^[0-9.]+$|:/.test(host)) return {};
  return { host: `${host}.`, stream: () => connect({ host, port, noDelay: true, ...keepAlive }) };
}
