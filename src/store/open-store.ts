/** Opens the database that the configuration names and puts the store over it. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { openDriver } from '../drivers/open.ts';
import { SqlStore } from './sql-store.ts';
import type { Store } from './store.ts';

/** @throws StartError with one line for a person. */
export async function openStore({ config, logger }: { config: Config; logger: Logger }): Promise<Store> {
  const driver = await openDriver(config.endpoint, logger);
  const store = new SqlStore(driver, { autoCompaction: config.autoCompaction, logger });
  await store.head();
  return store;
}
