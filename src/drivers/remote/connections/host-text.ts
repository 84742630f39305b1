import type { DatabaseHost } from '../../../config/database/database-dsn.ts';

/** A host as shown in log messages. */
export function hostText(host: DatabaseHost): string {
  return host.socketPath ?? `${host.host}:${host.port}`;
}
