/** Hashes the keys' history in short reads, so that it holds up nobody. */
import type { Driver } from '../drivers/driver.ts';
import { DriverError, EtcdError, etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { CompactionHash } from '../mvcc/compaction-hash.ts';
import type { HashPosition, HashRequest } from '../mvcc/hash-keys.ts';
import type { Revision } from '../mvcc/operations.ts';
import type { Head } from '../mvcc/results.ts';
import { Slots } from './slots.ts';

/** How often it begins anew because a compaction overtook it. */
const restartsMax = 3;

/** The hash of everything up to a revision that compaction has not deleted. */
export interface KeysHash {
  /** The newest revision. */
  readonly headRevision: Revision;
  readonly revision: Revision;
  /** The mark when the hash was computed; -1: nothing was compacted. */
  readonly compactRevision: Revision;
  readonly hash: number;
}

export class KeyHasher {
  readonly #driver: Driver;
  readonly #saw: (head: Head) => void;
  readonly #slots = new Slots({
    countMax: limits.hashesUnderWayMax,
    waitingMax: limits.snapshotsWaitingMax,
  });

  constructor(driver: Driver, saw: (head: Head) => void) {
    this.#driver = driver;
    this.#saw = saw;
  }

  /** `revision` 0: the newest one. Rejects with `EtcdError`: `compacted`, `futureRevision`, `tooManyRequests`. */
  async hash(revision: Revision, signal?: AbortSignal): Promise<KeysHash> {
    const leave = await this.#slots.take(signal);
    try {
      return await this.#untilUndisturbed(revision, signal);
    } finally {
      leave();
    }
  }

  /** The hash that a compaction at this revision leaves; undefined when it cannot be computed, or not in time: the compaction goes on without. */
  async forCompaction(revision: Revision): Promise<CompactionHash | undefined> {
    if (revision <= 0) return undefined;
    try {
      const signal = AbortSignal.timeout(limits.compactionHashMsMax);
      const leave = await this.#slots.take(signal);
      try {
        const { compactRevision, hash } = await this.#hashAll({ revision, forCompaction: true }, signal);
        return { revision, compactRevision, hash };
      } finally {
        leave();
      }
    } catch (error) {
      if (error instanceof EtcdError || error instanceof DriverError) return undefined;
      throw error;
    }
  }

  async #untilUndisturbed(revision: Revision, signal: AbortSignal | undefined): Promise<KeysHash> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#hashAll({ revision, forCompaction: false }, signal);
      } catch (error) {
        const isOvertaken = error instanceof EtcdError && error.entry === 'compacted';
        if (!isOvertaken || restarts === restartsMax) throw error;
      }
    }
  }

  async #hashAll(asked: Omit<HashRequest, 'position'>, signal: AbortSignal | undefined): Promise<KeysHash> {
    let position: HashPosition | undefined;
    for (;;) {
      if (signal?.aborted === true) throw etcdError('canceled');
      const { head, next, ...hashed } = await this.#driver.read('hashKeys', { ...asked, position }, 'bulk');
      this.#saw(head);
      if (next === undefined) return { headRevision: head.revision, ...hashed };
      position = next;
    }
  }
}
