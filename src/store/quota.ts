/**
 * The quota of the database's size. A write that would pass it raises alarm NOSPACE, under which every instance refuses what takes space. The size is asked for from
 * time to time, with what was written since on top; before a write is refused it is asked for again.
 */
import type { Driver } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { WriteOperation } from '../mvcc/operations.ts';
import { writeCostBytes } from '../mvcc/write-cost.ts';

export interface QuotaOptions {
  /** The size of the database that is not to be reached. */
  readonly bytes: number;
  /** Raises the alarm. */
  raise(sizeBytes: number): Promise<void>;
}

export class Quota {
  readonly #driver: Driver;
  readonly #options: QuotaOptions;
  /** Undefined: not asked for yet. */
  #sizeBytes: number | undefined;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;
  /** What was admitted since the size was asked for. */
  #writtenBytes = 0;

  constructor(driver: Driver, options: QuotaOptions) {
    this.#driver = driver;
    this.#options = options;
  }

  /** @throws EtcdError when the operation does not fit: the alarm is raised then; DriverError when the size is not known and cannot be found out. */
  async admit(operation: WriteOperation): Promise<void> {
    const bytes = writeCostBytes(operation);
    if (bytes === 0) return;
    if (!this.#fits(bytes)) await this.#measure();
    if (!this.#fits(bytes)) {
      await this.#options.raise(this.#sizeBytes ?? 0);
      throw etcdError('noSpace');
    }
    this.#writtenBytes += bytes;
    if (performance.now() < this.#measuredAtMs + limits.quotaSizeIntervalMs) return;
    // Nobody waits for it: where it fails, the size of before and what was written since count.
    this.#measure().catch(() => {});
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
