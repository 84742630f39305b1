/**
 * Deletes the rows that compaction made unreachable, in chunks. Each chunk shares a commit with
 * waiting writes. Releases free space afterwards. After a crash, the next start continues.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Driver } from '../../drivers/driver.ts';
import { isDriverError } from '../../errors.ts';
import { RetryLog } from '../../kit/retry-log.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { within } from '../../kit/within.ts';
import { limits } from '../../limits.ts';
import type { Permit } from '../../mvcc/auth/permit.ts';
import type { CompactionHash } from '../../mvcc/compaction/compaction-hash.ts';
import type { Revision } from '../../mvcc/ids.ts';
import type { Requester } from '../queues/requester.ts';
import type { WriteQueue } from '../writes/write-queue.ts';

export interface CompactorOptions {
  /** Resolves when the watchers of this process have the events up to a revision. */
  readonly readEvents: (revision: Revision) => Promise<void>;
  readonly logger: Logger;
}

export class Compactor {
  readonly #driver: Driver;
  readonly #writes: Pick<WriteQueue, 'write'>;
  readonly #readEvents: CompactorOptions['readEvents'];
  readonly #logger: Logger;
  /** Rate-limited, because a client can compact at each revision. */
  readonly #marked: SparseLog;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /**
   * Ids of the next chunk. It is halved after every failure, because a chunk of large values may be
   * more than a transaction may delete, and not every database reports this as the reason.
   */
  #idsMax: number = limits.compactChunkIdsMax;
  readonly #retries: RetryLog;

  constructor(driver: Driver, writes: Pick<WriteQueue, 'write'>, { readEvents, logger }: CompactorOptions) {
    this.#driver = driver;
    this.#writes = writes;
    this.#readEvents = readEvents;
    this.#logger = logger;
    this.#retries = new RetryLog(logger, 'compaction failed; retrying');
    this.#marked = new SparseLog({
      logger,
      level: 'info',
      message: 'compaction marked',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  /**
   * Sets the mark and stores the hash with it, after watchers have the events before it. Rows are
   * deleted in the background. Returns the header's revision. `by`: the client's request, if there
   * is one.
   */
  async compact(
    revision: Revision,
    by?: {
      readonly permit: Permit | undefined;
      readonly hash: CompactionHash | undefined;
      readonly requester: Requester;
    },
  ): Promise<Revision> {
    const { permit, hash, requester } = by ?? {};
    await within(limits.eventsBeforeCompactionMsMax, this.#readEvents(revision), () => undefined);
    const result = await this.#writes.write({ kind: 'compact', revision, hash, ...permit }, requester);
    this.#marked.write(() => ({ revision }));
    this.wake();
    return result.revision;
  }

  /** Starts to delete. If a run is under way, one more run follows it. */
  wake(): void {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#stopped) {
        this.#again = false;
        this.wake();
      }
    });
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when every row below the current mark is deleted. */
  async finished(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let hasWork = false;
    while (!this.#stopped) {
      try {
        if (!hasWork) hasWork = (await this.#driver.read('idsToCompact', null, 'quick')) > 0;
        if (!hasWork) break;
        const { idsLeft, isHeld } = await this.#writes.write({
          kind: 'compactChunk',
          nowMs: this.#driver.nowMs(),
          idsMax: this.#idsMax,
        });
        this.#idsMax = Math.min(2 * this.#idsMax, limits.compactChunkIdsMax);
        if (idsLeft === 0) break;
        if (isHeld) await sleep(limits.retryPauseMs);
        this.#retries.succeeded();
      } catch (error) {
        const isSmallest = this.#idsMax === 1;
        this.#idsMax = Math.ceil(this.#idsMax / 2);
        if (isDriverError(error, 'tooLarge') && !isSmallest) continue;
        this.#retries.failed(error);
        await sleep(limits.retryPauseMs);
      }
    }
    await this.#reclaim();
  }

  async #reclaim(): Promise<void> {
    try {
      while (!this.#stopped && (await this.#driver.reclaim()).more);
    } catch (error) {
      if (isDriverError(error, 'lost')) return;
      this.#logger.warn({ err: error }, 'releasing free space failed; the next compaction retries');
    }
  }
}
