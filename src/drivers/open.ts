/** Opens the driver that an endpoint names. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Driver } from './driver.ts';
import { SqliteDriver } from './sqlite/sqlite-driver.ts';

/** The drivers of servers are loaded when they are needed: their clients take time and memory. @throws StartError with one line for a person. */
export async function openDriver(config: Config, logger: Logger): Promise<Driver> {
  const { endpoint } = config;
  if (endpoint.kind === 'sqlite') return SqliteDriver.open(endpoint.path, logger);
  const { RemoteDriver } = await import('./remote/remote-driver.ts');
  const { postgresEngine } = await import('./postgres/postgres-engine.ts');
  return RemoteDriver.open(postgresEngine(endpoint, logger), logger, config.datastore.maxOpenConnections);
}
