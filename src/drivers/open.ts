/** Opens the driver that an endpoint names. */
import type { Logger } from 'pino';
import type { Dsn } from '../config/dsn.ts';
import type { Driver } from './driver.ts';
import { SqliteDriver } from './sqlite/sqlite-driver.ts';

/** @throws StartError with one line for a person. */
export function openDriver(endpoint: Dsn, logger: Logger): Promise<Driver> {
  return SqliteDriver.open(endpoint.path, logger);
}
