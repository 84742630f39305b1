/** A whole snapshot in a folder or a bucket. */
import type { ListedSnapshot } from '../statistics/snapshot-statistics.ts';
import type { SnapshotName } from './snapshot-name.ts';

export interface KnownSnapshot extends ListedSnapshot, SnapshotName {}

/** A place of snapshots, as lists and retention use it. */
export interface SnapshotPlace {
  readonly kind: KnownSnapshot['place'];
  /** The name in messages: the path of the folder, or `s3://BUCKET/FOLDER`. */
  readonly name: string;
  /** The whole snapshots, of all clusters and prefixes, the newest last. */
  list(options?: RequestOptions): Promise<readonly KnownSnapshot[]>;
  remove(snapshot: KnownSnapshot, options?: RequestOptions): Promise<void>;
}

export interface RequestOptions {
  /** Ends a request to storage. A call to a file system cannot be ended. */
  readonly signal?: AbortSignal | undefined;
}

/** The snapshots of several places, the newest last. */
export async function knownSnapshots(places: readonly SnapshotPlace[]): Promise<readonly KnownSnapshot[]> {
  return (await Promise.all(places.map((place) => place.list()))).flat().sort(byTime);
}

export function byTime(one: KnownSnapshot, other: KnownSnapshot): number {
  return one.atMs - other.atMs || one.revision - other.revision || (one.name < other.name ? -1 : 1);
}
