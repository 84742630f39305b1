import type { ConnectionOptions } from 'node:tls';
import { readAuthorities, readPair } from '../pem-files.ts';
import type { DatabaseTls } from './database-remote-dsn.ts';

/** Node's TLS options for a connection to a database, without the host name. */
export type DatabaseTlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'checkServerIdentity'
>;

/**
 * The TLS options of a connection, for Node. The files are read for each connection, so a renewed
 * certificate is used without a restart.
 *
 * @throws Error with the name of the file, if it is missing, unreadable or wrong.
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
