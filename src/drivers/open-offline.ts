/** Opens a database for the commands that work on all of it. */
import type { Dsn } from '../config/database/database-dsn.ts';
import type { OfflineAccess } from './offline.ts';

/**
 * Returns access to the database of an endpoint. The client libraries of servers are loaded on
 * demand.
 */
export async function offlineAccess(dsn: Dsn): Promise<OfflineAccess> {
  switch (dsn.kind) {
    case 'sqlite':
      return (await import('./sqlite/offline-sqlite.ts')).offlineSqlite(dsn.path);
    case 'postgres':
      return (await import('./postgres/offline-postgres.ts')).offlinePostgres(dsn);
    case 'mysql':
      return (await import('./mysql/offline-mysql.ts')).offlineMysql(dsn);
  }
}
