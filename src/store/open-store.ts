/** Opens the configured database and creates the store over it. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { openDriver } from '../drivers/open.ts';
import { DriverError } from '../errors.ts';
import type { Member } from '../mvcc/operations.ts';
import { internal } from './queues/requester.ts';
import { SqlStore } from './sql-store.ts';
import type { Store } from './store.ts';

/** @throws StartError with one line for a person. */
export async function openStore({
  config,
  self,
  logger,
}: {
  config: Config;
  /** This instance, as the other instances see it. */
  self: Member;
  logger: Logger;
}): Promise<Store> {
  const driver = await openDriver(config, self.id, logger);
  const store = new SqlStore(driver, {
    self,
    autoCompaction: config.autoCompaction,
    quotaBytes: config.quotaBackendBytes,
    readCacheBytes: config.readCacheBytes,
    warningApplyMs: config.warningApplyMs,
    logger,
  });
  // A database outage at the start is no reason to fail: the driver retries.
  await store.head(internal).catch((error: unknown) => {
    if (!(error instanceof DriverError)) throw error;
  });
  return store;
}
