import { within } from '../../kit/within.ts';
import type { ListedSnapshot, SnapshotSource } from '../../statistics/snapshot-statistics.ts';
import type { Access } from '../access/access.ts';
import { serverLimits } from '../server-limits.ts';
import type { SnapshotsReply } from './replies.ts';
import type { UiDataSource } from './ui-data.ts';

/** Snapshots by schedule. Their names and places are for the role root only, if auth is on. */
export function snapshotsData(sources: {
  readonly access: Access;
  readonly snapshots: SnapshotSource | undefined;
}): UiDataSource {
  return async (call) => {
    await sources.access.admin(call);
    return snapshotsReply(sources.snapshots);
  };
}

/** Without the fields that only retention needs. */
function shown({ name, bytes, atMs, revision, place, location }: ListedSnapshot): ListedSnapshot {
  return { name, bytes, atMs, revision, place, location };
}

async function snapshotsReply(snapshots: SnapshotSource | undefined): Promise<SnapshotsReply> {
  if (snapshots === undefined) return { schedule: null, newestFirst: [], olderCount: 0, failure: null };
  const { nextMs, isRunning, lastError } = snapshots.statistics;
  const schedule = { nextUnixMs: nextMs ?? null, isRunning, lastError: lastError ?? null };
  try {
    const listed = await within(serverLimits.snapshotListMsMax, snapshots.list(), () => {
      throw new Error('the list of snapshots took too long');
    });
    const newestFirst = listed.slice(-serverLimits.snapshotsListedMax).reverse().map(shown);
    return { schedule, newestFirst, olderCount: listed.length - newestFirst.length, failure: null };
  } catch (error) {
    return {
      schedule,
      newestFirst: [],
      olderCount: 0,
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}
