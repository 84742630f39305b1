/** Opens the driver of an endpoint. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { RemoteDsn } from '../config/database/database-dsn.ts';
import { unreachable } from '../errors.ts';
import type { MemberId } from '../mvcc/ids.ts';
import type { Driver } from './driver.ts';
import type { Engine } from './remote/engine.ts';
import { SqliteDriver } from './sqlite/sqlite-driver.ts';

/**
 * Opens the driver for this instance. The drivers of servers are loaded on demand, because their
 * client libraries take time and memory.
 *
 * @throws StartError with one line for the operator.
 */
export async function openDriver(config: Config, self: MemberId, logger: Logger): Promise<Driver> {
  const { endpoint, slowStatementMs } = config;
  if (endpoint.kind === 'sqlite') return SqliteDriver.open(endpoint.path, { self, logger, slowStatementMs });
  const { RemoteDriver } = await import('./remote/remote-driver.ts');
  return RemoteDriver.open(await openEngine(endpoint, logger), {
    self,
    logger,
    slowStatementMs,
    connectionCountMax: config.datastore.maxOpenConnections,
  });
}

async function openEngine(dsn: RemoteDsn, logger: Logger): Promise<Engine> {
  switch (dsn.kind) {
    case 'postgres':
      return (await import('./postgres/postgres-engine.ts')).postgresEngine(dsn, logger);
    case 'mysql':
      return (await import('./mysql/mysql-engine.ts')).mysqlEngine(dsn, logger);
    default:
      return unreachable(dsn.kind);
  }
}
