import type { DatabaseHost } from '../../config/database/database-dsn.ts';

/** A host in a line of the log. */
export function hostText(host: DatabaseHost): string {
  return host.socketPath ?? `${host.host}:${host.port}`;
}
