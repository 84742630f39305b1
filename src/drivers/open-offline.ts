/** The way to a database for the commands that work on the whole of it. */
import type { Dsn } from '../config/database/database-dsn.ts';
import type { OfflineAccess } from './offline.ts';

/** To the one that an endpoint names. The clients of servers are loaded when they are needed. */
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
