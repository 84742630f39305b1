import { databaseTlsOptions, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';

/**
 * The TLS options of a new connection.
 *
 * @throws DriverError if a file cannot be used. The files were good at the start, so one of them is
 * being replaced; a later connection succeeds.
 */
export function tlsOptions(tls: NonNullable<RemoteDsn['tls']>): ReturnType<typeof databaseTlsOptions> {
  try {
    return databaseTlsOptions(tls);
  } catch (cause) {
    throw new DriverError('lost', (cause as Error).message, { cause });
  }
}
