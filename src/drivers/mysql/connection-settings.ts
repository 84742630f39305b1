/** How tine connects to MySQL and MariaDB. */
import { connect } from 'node:net';
import type { Knex } from 'knex';
import type { ConnectionOptions, SslOptions } from 'mysql2';
import { type DatabaseHost, databaseTlsOptions, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { takesTls } from './tls-support.ts';

/** The settings of one connection. Certificates are read anew for each. */
export async function connectionSettings(dsn: RemoteDsn, host: DatabaseHost): Promise<ConnectionOptions> {
  const ssl = await tlsSettings(dsn, host);
  return ssl === undefined ? plainSettings(dsn, host) : { ...plainSettings(dsn, host), ...ssl };
}

/** knex hands them to mysql2 as they are, but describes fewer of them. */
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
    keepAliveInitialDelay: 10_000,
    multipleStatements: true,
    // Sums are decimals to the server. Ids and revisions stay far below 2^53; lease ids are selected as text.
    decimalNumbers: true,
    connectAttributes: { program_name: 'tine' },
    // The server may not ask for files.
    flags: ['-LOCAL_FILES'],
  };
}

type Tls = Pick<ConnectionOptions, 'ssl' | 'host' | 'stream'>;

async function tlsSettings(dsn: RemoteDsn, host: DatabaseHost): Promise<Tls | undefined> {
  const { tls } = dsn;
  if (tls === undefined || host.socketPath !== undefined) return undefined;
  const { checkServerIdentity: _checkServerIdentity, ...options } = databaseTlsOptions(tls);
  const settings = {
    ssl: { ...(options as SslOptions), verifyIdentity: tls.mode === 'verify-full' },
    ...namedHost(host.host, host.port),
  };
  if (tls.mode !== 'prefer') return settings;
  return (await takesTls(host, { ...plainSettings(dsn, host), ...settings })) ? settings : undefined;
}

/**
 * mysql2 verifies the certificate of an address that is no name as if it were localhost's. With a dot at its end the address is a name to mysql2, and the address to Node's
 * comparison with the certificate.
 */
function namedHost(host: string, port: number): Omit<Tls, 'ssl'> {
  if (!/^[0-9.]+$|:/.test(host)) return {};
  return { host: `${host}.`, stream: () => connect({ host, port, noDelay: true }) };
}
