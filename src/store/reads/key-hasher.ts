/** Hashes the history of the keys in short reads, so that other reads do not wait long. */

import { DriverError, EtcdError } from '../../errors.ts';
import { Slots } from '../../kit/slots.ts';
import { limits } from '../../limits.ts';
import type { CompactionHash } from '../../mvcc/compaction/compaction-hash.ts';
import type { Revision } from '../../mvcc/ids.ts';
import type { HashPosition, HashRequest } from '../../mvcc/snapshot/hash-keys.ts';
import type { Requester } from '../queues/requester.ts';
import type { ReadQueue } from './read-queue.ts';

/** Restarts of one hash after a compaction deleted rows that were still to be read. */
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
  readonly #reads: ReadQueue;
  readonly #slots = new Slots({
    countMax: limits.hashesUnderWayMax,
    waitingMax: limits.snapshotsWaitingMax,
  });

  constructor(reads: ReadQueue) {
    this.#reads = reads;
  }

  /**
   * Hashes up to a revision; 0: up to the newest. Rejects with `EtcdError`: `compacted`,
   * `futureRevision`, `tooManyRequests`.
   */
  async hash(revision: Revision, requester: Requester & { readonly signal: AbortSignal }): Promise<KeysHash> {
    return this.#slots.run(() => this.#hashWithRestarts(revision, requester), requester.signal);
  }

  /**
   * The hash that belongs to a compaction at this revision. Undefined if it cannot be computed, or
   * not in time: the compaction goes on without a hash.
   */
  async forCompaction(revision: Revision, requester: Requester): Promise<CompactionHash | undefined> {
    if (revision <= 0) return undefined;
    try {
      return await this.#slots.run(async () => {
        const within = withDeadline(requester, limits.compactionHashMsMax);
        const { compactRevision, hash } = await this.#hashAll({ revision, forCompaction: true }, within);
        return { revision, compactRevision, hash };
      }, AbortSignal.timeout(limits.compactionHashMsMax));
    } catch (error) {
      if (error instanceof EtcdError || error instanceof DriverError) return undefined;
      throw error;
    }
  }

  async #hashWithRestarts(revision: Revision, requester: Requester): Promise<KeysHash> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#hashAll({ revision, forCompaction: false }, requester);
      } catch (error) {
        const isCompacted = error instanceof EtcdError && error.entry === 'compacted';
        if (!isCompacted || restarts === restartsMax) throw error;
      }
    }
  }

  async #hashAll(request: Omit<HashRequest, 'position'>, requester: Requester): Promise<KeysHash> {
    let position: HashPosition | undefined;
    for (;;) {
      const { head, next, ...hashed } = await this.#reads.read('hashKeys', { ...request, position }, { requester });
      if (next === undefined) return { headRevision: head.revision, ...hashed };
      position = next;
    }
  }
}

/** The same requester, gone after the given time. */
function withDeadline(requester: Requester, ms: number): Requester {
  const endsMs = performance.now() + ms;
  return {
    origin: requester.origin,
    get isGone() {
      return requester.isGone || performance.now() > endsMs;
    },
  };
}
