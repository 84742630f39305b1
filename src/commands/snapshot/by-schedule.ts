/** The snapshots by schedule of a server. Everything is loaded only with a schedule. */
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../logger.ts';
import { clusterVersion, storageVersion } from '../../server/replies/versions.ts';
import type { Schedule } from '../../snapshots/schedule.ts';
import type { SnapshotScheduler } from '../../snapshots/scheduler.ts';
import type { Store } from '../../store/store.ts';

/** Checked before the database is opened. @throws UsageError if the cron line is wrong. */
export async function snapshotSchedule({ snapshots: { schedule } }: Config): Promise<Schedule | undefined> {
  if (schedule === undefined) return undefined;
  const { Schedule } = await import('../../snapshots/schedule.ts');
  return new Schedule(schedule);
}

export async function openSnapshots(
  schedule: Schedule,
  server: { readonly config: Config; readonly store: Store; readonly logger: Logger },
): Promise<SnapshotScheduler> {
  const { openScheduler } = await import('../../snapshots/open-scheduler.ts');
  const { emulatedEtcdVersion } = server.config;
  const versions = { storage: storageVersion(emulatedEtcdVersion), cluster: clusterVersion(emulatedEtcdVersion) };
  return openScheduler(schedule, { ...server, versions });
}
