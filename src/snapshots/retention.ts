import { byTime, type KnownSnapshot, type SnapshotPlace } from './known-snapshot.ts';
import type { SnapshotName } from './snapshot-name.ts';

/** The snapshots that retention counts: of one cluster, with one prefix. */
export type SnapshotSeries = Pick<SnapshotName, 'prefix' | 'clusterId'>;

/** The snapshots of a series that are more than `keptCount`, the oldest first. 0 keeps all. */
export function expired(
  known: readonly KnownSnapshot[],
  { prefix, clusterId }: SnapshotSeries,
  keptCount: number,
): readonly KnownSnapshot[] {
  if (keptCount === 0) return [];
  const series = known.filter((each) => each.prefix === prefix && each.clusterId === clusterId).sort(byTime);
  return series.slice(0, Math.max(0, series.length - keptCount));
}

/** Deletes the expired snapshots of a place. Returns them. */
export async function deleteExpired(
  place: SnapshotPlace,
  series: SnapshotSeries,
  keptCount: number,
): Promise<readonly KnownSnapshot[]> {
  if (keptCount === 0) return [];
  const found = expired(await place.list(), series, keptCount);
  for (const each of found) await place.remove(each);
  return found;
}
