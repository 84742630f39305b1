import type { ConnectionOptions } from 'node:tls';
import { readAuthorities, readPair } from '../pem-files.ts';
import type { DatabaseTls } from './database-remote-dsn.ts';

/** What of Node's TLS options a connection to a database needs, besides the name of the host. */
export type DatabaseTlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'checkServerIdentity'
>;

/**
 * The TLS options of a connection, for Node. Reads the files: read for each connection, a renewed certificate is
 * used without a restart.
 *
 * @throws Error with a line that names the file that is missing, unreadable or wrong.
 */
export function databaseTlsOptions({ mode, caFile, certFile, keyFile }: DatabaseTls): DatabaseTlsOptions {
  const verifies = mode === 'verify-ca' || mode === 'verify-full';
  return {
    rejectUnauthorized: verifies,
    ...(verifies && caFile !== undefined ? { ca: readAuthorities(caFile) } : {}),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(certFile !== undefined && keyFile !== undefined ? readPair(certFile, keyFile) : {}),
  };
}
