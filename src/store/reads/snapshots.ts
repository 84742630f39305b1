/**
 * Sends snapshots of the store to clients, a few at a time. A slow client loses its snapshot to a
 * call that waits.
 */

import { type RunRead, type SnapshotOptions, SnapshotReading } from '../../backend/snapshot-reading.ts';
import { pageBytes } from '../../bbolt/layout.ts';
import type { Driver } from '../../drivers/driver.ts';
import { etcdError } from '../../errors.ts';
import { Slots } from '../../kit/slots.ts';
import { limits } from '../../limits.ts';
import type { Revision } from '../../mvcc/ids.ts';
import type { CompactionHolds } from '../compaction/compaction-holds.ts';
import { ClientPace } from './client-pace.ts';

/** A snapshot whose size is known. It can be read once. */
export interface Snapshot {
  readonly revision: Revision;
  readonly bytes: number;
  /** The file from its first byte to its last. */
  chunks(): AsyncIterable<Buffer>;
}

export class Snapshots {
  readonly #read: RunRead;
  readonly #holds: CompactionHolds;
  readonly #slots = new Slots({
    countMax: limits.snapshotsUnderWayMax,
    waitingMax: limits.snapshotsWaitingMax,
  });
  /** The snapshots that clients read, each with the function that ends it. */
  readonly #underWay = new Map<ClientPace, () => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(driver: Driver, holds: CompactionHolds) {
    this.#holds = holds;
    this.#read = (name, input) => driver.read(name, input, 'bulk');
  }

  /**
   * Takes a snapshot, and keeps its slot until `use` is done. Rejects with `EtcdError`:
   * `tooManyRequests`, `snapshotOvertaken`, `snapshotNotTaken`.
   */
  take(options: SnapshotOptions, use: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    return this.#reading(options, async (reading) => {
      const pageCount = await reading.measure();
      await this.#whileTaken((pace) =>
        use({
          revision: reading.revision,
          bytes: pageCount * pageBytes,
          chunks: () => pace.watch(reading.chunks(pageCount)),
        }),
      );
    });
  }

  /**
   * CRC-32C of all buckets and their entries: the hash that `etcdutl snapshot status` prints for a
   * snapshot of this moment.
   */
  hash(options: SnapshotOptions): Promise<{ readonly revision: Revision; readonly hash: number }> {
    return this.#reading(options, async (reading) => ({ revision: reading.revision, hash: await reading.hash() }));
  }

  async #reading<Result>(
    options: SnapshotOptions,
    use: (reading: SnapshotReading) => Promise<Result>,
  ): Promise<Result> {
    const read = async () => use(await SnapshotReading.begin(this.#read, options));
    return this.#slots.run(() => this.#holds.during(read), options.signal);
  }

  /** Ends when the work ends, or when its client has read nothing for too long. */
  async #whileTaken(work: (pace: ClientPace) => Promise<void>): Promise<void> {
    const pace = new ClientPace();
    const ended = Promise.withResolvers<never>();
    this.#underWay.set(pace, () => {
      pace.end();
      ended.reject(etcdError('snapshotNotTaken'));
    });
    this.#timer ??= setInterval(() => this.#endSlow(), limits.snapshotCheckIntervalMs).unref();
    try {
      await Promise.race([work(pace), ended.promise]);
    } finally {
      this.#underWay.delete(pace);
      if (this.#underWay.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  /** Ends snapshots that are not read, and the slowest one for each call that waits. */
  #endSlow(): void {
    for (const [pace, end] of this.#underWay) if (pace.idleMs > limits.snapshotIdleMsMax) end();
    const slow = [...this.#underWay].filter(([pace]) => pace.waitedMs > limits.snapshotPaceMsMax);
    slow.sort(([left], [right]) => right.waitedMs - left.waitedMs);
    for (const [, end] of slow.slice(0, this.#slots.waitingCount)) end();
  }
}
