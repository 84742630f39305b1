import { randomUUID } from 'node:crypto';
import type { Driver } from '../../drivers/driver.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import type { WriteQueue } from '../writes/write-queue.ts';

/** Keeps compaction from deleting rows while a long read is under way. */
export class CompactionHolds {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #logger: Logger;

  constructor(driver: Driver, writes: WriteQueue, logger: Logger) {
    this.#driver = driver;
    this.#writes = writes;
    this.#logger = logger;
  }

  /**
   * Holds compaction while the work runs, at most `compactionHoldMsMax`. If the database accepts no
   * writes (a full disk, for example), the work runs without a hold.
   */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const holder = randomUUID();
    const endsMs = performance.now() + limits.compactionHoldMsMax;
    await this.#hold(holder);
    const timer = setInterval(() => {
      if (performance.now() < endsMs) void this.#hold(holder);
      else clearInterval(timer);
    }, limits.compactionHoldRenewalMs);
    timer.unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await this.#tryWrite(() => this.#writes.write({ kind: 'releaseCompaction', holder }));
    }
  }

  #hold(holder: string): Promise<void> {
    const nowMs = this.#driver.nowMs();
    return this.#tryWrite(() =>
      this.#writes.write({ kind: 'holdCompaction', holder, nowMs, untilMs: nowMs + limits.compactionHoldMs }),
    );
  }

  async #tryWrite(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#logger.warn(
        { err: error },
        'holding compaction failed; compaction may delete rows that a snapshot still reads',
      );
    }
  }
}
