/** The state of snapshots by schedule, for metrics and for lists. Times are ms since 1970. */

/** The places of a snapshot. */
export const snapshotPlaces = ['folder', 's3'] as const;
export type SnapshotPlaceKind = (typeof snapshotPlaces)[number];

export interface PlaceStatistics {
  /** The newest snapshot that any instance took. Undefined: no snapshot was taken. */
  readonly last: { readonly atMs: number; readonly bytes: number } | undefined;
  /** Snapshots that this instance took, and the time that they took together. */
  readonly count: number;
  readonly ms: number;
  /** Slots in which this instance took no snapshot there, after its last try. */
  readonly failures: number;
}

export interface SnapshotStatistics {
  /** `s3` is undefined if there is no bucket. */
  readonly folder: PlaceStatistics;
  readonly s3: PlaceStatistics | undefined;
  /** The newest slot that has passed. Undefined: none since the first start. */
  readonly dueMs: number | undefined;
  /** The next slot. Undefined: the schedule has none. */
  readonly nextMs: number | undefined;
  /** Whether this instance is taking a snapshot. */
  readonly isRunning: boolean;
  /** The last failure of this instance. */
  readonly lastError: { readonly atMs: number; readonly place: SnapshotPlaceKind; readonly text: string } | undefined;
}

/** A whole snapshot in a folder or a bucket, as a list shows it. */
export interface ListedSnapshot {
  readonly name: string;
  readonly bytes: number;
  readonly atMs: number;
  readonly revision: number;
  readonly place: SnapshotPlaceKind;
  /** The path of the file, or `s3://BUCKET/KEY`. */
  readonly location: string;
}

/** The snapshots of a server with a schedule. */
export interface SnapshotSource {
  readonly statistics: SnapshotStatistics;
  /** All snapshots in the folder and the bucket, the newest last. Rejects if a place fails. */
  list(): Promise<readonly ListedSnapshot[]>;
}
