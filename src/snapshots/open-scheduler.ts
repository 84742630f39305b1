/** Builds the schedule of snapshots of a server. */
import type { BackendVersions } from '../backend/backend-buckets.ts';
import type { Config } from '../config/config.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Store } from '../store/store.ts';
import { openPlaces, type Places } from './open-places.ts';
import type { Schedule } from './schedule.ts';
import { SnapshotScheduler } from './scheduler.ts';
import { Taker } from './taker.ts';

export async function openScheduler(
  schedule: Schedule,
  {
    config: { snapshots: config },
    ...server
  }: {
    readonly config: Config;
    readonly store: Store;
    readonly logger: Logger;
    readonly versions: BackendVersions;
  },
): Promise<SnapshotScheduler> {
  const places = await openPlaces(config);
  const taker = new Taker({ ...server, config, places, folderIdleMsMax: limits.snapshotFolderIdleMsMax });
  const scheduler = new SnapshotScheduler({ ...server, schedule, taker, places });
  void warnOfPlaces(places, scheduler, server.logger);
  return scheduler;
}

/** Reports a wrong folder, bucket or key at the start: the first slot may be a day later. */
async function warnOfPlaces({ folder }: Places, scheduler: SnapshotScheduler, logger: Logger): Promise<void> {
  try {
    await folder.requireWritable();
    await scheduler.list();
  } catch (error) {
    logger.warn({ err: error }, 'snapshots cannot be stored now; the schedule tries again at each slot');
  }
}
