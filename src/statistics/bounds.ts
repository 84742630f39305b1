/** Buckets of several histograms, in milliseconds or as plain numbers. */
import { doublingBounds } from './histogram.ts';

/**
 * Requests: etcd's buckets, 1 ms to 8 s, and two lower ones. On one machine, most requests take
 * less than 1 ms.
 */
export const requestBoundsMs = doublingBounds(0.25, 16);

/** Defragmentations and snapshots, with etcd's buckets for each. */
export const defragmentBoundsMs = doublingBounds(100, 13);
export const snapshotBoundsMs = doublingBounds(10, 17);

/** The sync of a commit: etcd's buckets, which its alerts and dashboards use. */
export const commitBoundsMs = doublingBounds(1, 14);
