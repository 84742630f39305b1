/** Metrics of snapshots by schedule. There are none without a schedule. */
import type { PlaceStatistics } from '../../statistics/snapshot-statistics.ts';
import { snapshotPlaces } from '../../statistics/snapshot-statistics.ts';
import { counter, type Family, gauge, type Labels, summary } from './family.ts';
import type { Scrape } from './scrape.ts';

export function snapshotFamilies({ snapshots }: Scrape): readonly Family[] {
  if (snapshots === undefined) return [];
  const each = <Item>(item: (place: PlaceStatistics, labels: Labels) => Item): readonly Item[] =>
    snapshotPlaces.flatMap((place) => {
      const found = snapshots[place];
      return found === undefined ? [] : [item(found, { place })];
    });
  return [
    gauge(
      'tine_snapshot_last_success_timestamp_seconds',
      'Time of the newest snapshot by schedule, in seconds since 1970. Any instance may have taken it. 0: none.',
      each(({ last }, labels) => ({ labels, value: (last?.atMs ?? 0) / 1000 })),
    ),
    gauge(
      'tine_snapshot_last_size_bytes',
      'Size of the newest snapshot by schedule.',
      each(({ last }, labels) => ({ labels, value: last?.bytes ?? 0 })),
    ),
    gauge(
      'tine_snapshot_due_timestamp_seconds',
      'The newest slot of the schedule that has passed, in seconds since 1970; 0 if there was none since the first start.',
      (snapshots.dueMs ?? 0) / 1000,
    ),
    summary(
      'tine_snapshot_duration_seconds',
      'Time that snapshots by schedule took: to write and verify the file (folder), to upload and compare it (s3).',
      each(({ count, ms }, labels) => ({ labels, sum: ms / 1000, count })),
    ),
    counter(
      'tine_snapshot_failures_total',
      'Slots for which this instance could not take or upload a snapshot.',
      each(({ failures }, labels) => ({ labels, value: failures })),
    ),
  ];
}
