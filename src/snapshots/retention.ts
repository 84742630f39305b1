import { byTime, type KnownSnapshot, type RequestOptions, type SnapshotPlace } from './known-snapshot.ts';
import type { SnapshotName } from './snapshot-name.ts';

/** The snapshots that retention counts: of one cluster, with one prefix. */
export type SnapshotSeries = Pick<SnapshotName, 'prefix' | 'clusterId'>;

export interface Retention {
  /** The number of snapshots to keep. 0 keeps all. */
  readonly keptCount: number;
  /** The time now. Snapshots after it were taken before a clock was set back. */
  readonly nowMs: number;
}

/**
 * The snapshots of a series that are more than the number to keep, the oldest first. Snapshots from
 * the future count as the oldest, so that they never replace new ones.
 */
export function expired(
  known: readonly KnownSnapshot[],
  { prefix, clusterId }: SnapshotSeries,
  { keptCount, nowMs }: Retention,
): readonly KnownSnapshot[] {
  if (keptCount === 0) return [];
  const series = known.filter((each) => each.prefix === prefix && each.clusterId === clusterId).sort(byTime);
  const isFuture = ({ atMs }: KnownSnapshot) => atMs > nowMs;
  const ordered = [...series.filter(isFuture), ...series.filter((each) => !isFuture(each))];
  return ordered.slice(0, Math.max(0, ordered.length - keptCount));
}

/** Deletes the expired snapshots of a place. Returns them. */
export async function deleteExpired(
  place: SnapshotPlace,
  series: SnapshotSeries,
  { signal, ...retention }: Retention & RequestOptions,
): Promise<readonly KnownSnapshot[]> {
  if (retention.keptCount === 0) return [];
  const found = expired(await place.list({ signal }), series, retention);
  for (const each of found) await place.remove(each, { signal });
  return found;
}
