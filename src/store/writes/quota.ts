/**
 * The quota of the database's size. A write that would exceed it raises alarm NOSPACE; then every
 * instance refuses writes that need space. The size is measured from time to time, and admitted
 * writes are added. Before a write is refused, the size is measured again.
 */
import type { Driver } from '../../drivers/driver.ts';
import { etcdError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import { writeCostBytes } from '../../mvcc/writes/write-cost.ts';
import { FairQueue, type Queued } from '../queues/fair-queue.ts';
import type { Requester } from '../queues/requester.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { operationBytes } from './operation-bytes.ts';

export interface QuotaOptions {
  /** The size that the database must stay below. */
  readonly bytes: number;
  /** Raises the alarm. */
  raise(sizeBytes: number): Promise<void>;
}

/** A write that needs a new size for the decision. */
interface Waiting extends Queued {
  resolve(): void;
}

export class Quota {
  readonly #driver: Driver;
  readonly #options: QuotaOptions;
  /** Undefined: not measured yet. */
  #sizeBytes: number | undefined;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;
  #raising: Promise<void> | undefined;
  readonly #waiting: FairQueue<Waiting>;
  /** Bytes admitted since the size was measured. */
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

  /** Counts of the writes that wait for the size. */
  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Admits a write.
   *
   * @throws EtcdError `noSpace` when the operation does not fit, after the alarm was raised;
   * `tooManyRequests` when too many writes wait for the size; `canceled` when the requester was
   * gone meanwhile. DriverError when the size is unknown and cannot be read.
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

  /**
   * Starts a measurement. If it fails, writes that do not wait are judged by the previous size plus
   * the bytes written since.
   */
  #measureSoon(): void {
    this.#measure().then(
      () => this.#release(({ resolve }) => resolve()),
      (error: unknown) => this.#release(({ reject }) => reject(error)),
    );
  }

  #release(settle: (waiting: Waiting) => void): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) settle(next);
  }

  /** Raises the alarm once for all writes that do not fit now. */
  #raise(): Promise<void> {
    this.#raising ??= this.#options.raise(this.#sizeBytes ?? 0).finally(() => {
      this.#raising = undefined;
    });
    return this.#raising;
  }

  #fits(bytes: number): boolean {
    return this.#sizeBytes !== undefined && this.#sizeBytes + this.#writtenBytes + bytes < this.#options.bytes;
  }

  /** Measures, one measurement at a time. */
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
    // The new size may already contain what is admitted meanwhile, so these bytes stay added.
    this.#writtenBytes -= writtenBefore;
  }
}
