import type { SnapshotConfig } from '../config/config.ts';
import { UsageError } from '../config/usage-error.ts';
import type { BucketPlace } from './bucket/bucket-place.ts';
import { FolderPlace } from './folder-place.ts';
import type { SnapshotPlace } from './known-snapshot.ts';

export interface Places {
  readonly folder: FolderPlace;
  readonly bucket: BucketPlace | undefined;
  /** Both. */
  readonly all: readonly SnapshotPlace[];
}

/**
 * The folder of the configuration, and its bucket if it has one. The client of the bucket takes 60
 * MiB, so it is loaded only then.
 *
 * @throws UsageError if no folder is configured.
 */
export async function openPlaces({ directory, bucket: configured, storage }: SnapshotConfig): Promise<Places> {
  if (directory === undefined)
    throw new UsageError('give --snapshot-dir: with a database server there is no folder beside the data');
  const folder = new FolderPlace(directory);
  if (configured === undefined) return { folder, bucket: undefined, all: [folder] };
  const { BucketPlace } = await import('./bucket/bucket-place.ts');
  const bucket = new BucketPlace(configured, storage);
  return { folder, bucket, all: [folder, bucket] };
}
