/**
 * The quota of the database's size. A write that would pass it raises alarm NOSPACE, under which every instance refuses what takes space. The size is asked for from
 * time to time, with what was written since on top; before a write is refused it is asked for again.
 */
import type { Driver } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { WriteOperation } from '../mvcc/operations.ts';
import { writeCostBytes } from '../mvcc/write-cost.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import { operationBytes } from './operation-bytes.ts';
import type { Requester } from './requester.ts';
import type { QueueStatistics } from './store-statistics.ts';

export interface QuotaOptions {
  /** The size of the database that is not to be reached. */
  readonly bytes: number;
  /** Raises the alarm. */
  raise(sizeBytes: number): Promise<void>;
}

/** A write that may only be judged by a new size. */
interface Waiting extends Queued {
  resolve(): void;
}

export class Quota {
  readonly #driver: Driver;
  readonly #options: QuotaOptions;
  /** Undefined: not asked for yet. */
  #sizeBytes: number | undefined;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;
  #raising: Promise<void> | undefined;
  readonly #waiting: FairQueue<Waiting>;
  /** What was admitted since the size was asked for. */
  #writtenBytes = 0;

  constructor(driver: Driver, options: QuotaOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#waiting = new FairQueue<Waiting>({
      countMax: limits.writeQueueCountMax,
      bytesMax: limits.writeQueueBytesMax,
      hasLargeReply: () => false,
      onReady: () => this.#measureSoon(),
    });
  }

  /** Of writes that wait for the size. */
  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * @throws EtcdError `noSpace` when the operation does not fit: the alarm is raised then; `tooManyRequests` when too many wait for the size; `canceled` when the
   * requester was gone meanwhile. DriverError when the size is not known and cannot be found out.
   */
  async admit(operation: WriteOperation, requester: Requester): Promise<void> {
    const bytes = writeCostBytes(operation);
    if (bytes === 0) return;
    if (!this.#fits(bytes)) await this.#nextSize(operation, requester);
    if (!this.#fits(bytes)) {
      await this.#raise();
      throw etcdError('noSpace');
    }
    this.#writtenBytes += bytes;
    if (performance.now() < this.#measuredAtMs + limits.quotaSizeIntervalMs) return;
    this.#measureSoon();
  }

  #nextSize(operation: WriteOperation, requester: Requester): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ requester, bytes: operationBytes(operation), resolve, reject });
      this.#measureSoon();
    });
  }

  /** Where it fails, the size of before and what was written since count for those that do not wait. */
  #measureSoon(): void {
    this.#measure().then(
      () => this.#release(({ resolve }) => resolve()),
      (error: unknown) => this.#release(({ reject }) => reject(error)),
    );
  }

  #release(settle: (waiting: Waiting) => void): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) settle(next);
  }

  /** Once for all that do not fit now. */
  #raise(): Promise<void> {
    this.#raising ??= this.#options.raise(this.#sizeBytes ?? 0).finally(() => {
      this.#raising = undefined;
    });
    return this.#raising;
  }

  #fits(bytes: number): boolean {
    return this.#sizeBytes !== undefined && this.#sizeBytes + this.#writtenBytes + bytes < this.#options.bytes;
  }

  /** Once at a time. */
  #measure(): Promise<void> {
    this.#measuring ??= this.#readSize().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #readSize(): Promise<void> {
    this.#measuredAtMs = performance.now();
    const writtenBefore = this.#writtenBytes;
    this.#sizeBytes = (await this.#driver.size()).bytes;
    // What is admitted meanwhile may be in this size already, or not.
    this.#writtenBytes -= writtenBefore;
  }
}
