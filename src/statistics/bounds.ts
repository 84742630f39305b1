/** The buckets of histograms that many have in common, in milliseconds or as plain numbers. */
import { doublingBounds } from './histogram.ts';

/** Requests: etcd's buckets for them, 1 ms to 8 s, and two below: most requests of one machine take less than 1 ms. */
export const requestBoundsMs = doublingBounds(0.25, 16);

/** Defragmentations and snapshots, with etcd's buckets for each. */
export const defragmentBoundsMs = doublingBounds(100, 13);
export const snapshotBoundsMs = doublingBounds(10, 17);

/** What makes a commit durable: etcd's buckets, which its alerts and dashboards look at. */
export const commitBoundsMs = doublingBounds(1, 14);
