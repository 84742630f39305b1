/** Snapshots of the store for its clients, few at once. */
import { type Reads, type SnapshotOptions, SnapshotReading } from '../backend/snapshot-reading.ts';
import { pageBytes } from '../bbolt/layout.ts';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { Revision } from '../mvcc/operations.ts';
import type { CompactionHolds } from './compaction-holds.ts';
import { Slots } from './slots.ts';

/** A snapshot that is measured, and can be read once. */
export interface Snapshot {
  readonly revision: Revision;
  readonly bytes: number;
  /** The file from its first byte to its last. */
  chunks(): AsyncIterable<Buffer>;
}

export class Snapshots {
  readonly #read: Reads;
  readonly #holds: CompactionHolds;
  readonly #slots = new Slots({ countMax: limits.snapshotsUnderWayMax });

  constructor(driver: Driver, holds: CompactionHolds) {
    this.#holds = holds;
    this.#read = (name, input) => driver.read(name, input, 'bulk');
  }

  /** Takes one, and keeps its place until `use` is done. Rejects with `EtcdError`: `tooManyRequests`, `snapshotOvertaken`. */
  take(options: SnapshotOptions, use: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    return this.#reading(options, async (reading) => {
      const pageCount = await reading.measure();
      await use({
        revision: reading.revision,
        bytes: pageCount * pageBytes,
        chunks: () => reading.chunks(pageCount),
      });
    });
  }

  /** CRC-32C of all buckets with what is in them: the hash that `etcdutl snapshot status` has for a snapshot of this moment. */
  hash(options: SnapshotOptions): Promise<{ readonly revision: Revision; readonly hash: number }> {
    return this.#reading(options, async (reading) => ({ revision: reading.revision, hash: await reading.hash() }));
  }

  async #reading<Result>(
    options: SnapshotOptions,
    use: (reading: SnapshotReading) => Promise<Result>,
  ): Promise<Result> {
    const leave = this.#slots.take();
    try {
      return await this.#holds.during(async () => use(await SnapshotReading.begin(this.#read, options)));
    } finally {
      leave();
    }
  }
}
