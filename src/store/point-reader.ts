/**
 * Answers reads of one key together: while one batch is being read, the next collects. Each read is answered from a snapshot taken after it
 * arrived, because a batch leaves after its last read joined it.
 */
import type { Driver } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { PointRead, PointReads } from '../mvcc/point-reads.ts';
import type { Head, RangeResult } from '../mvcc/results.ts';

interface Waiting {
  readonly read: PointRead;
  resolve(result: RangeResult): void;
  reject(error: unknown): void;
}

export class PointReader {
  readonly #driver: Driver;
  readonly #saw: (head: Head) => void;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #underWay = 0;

  constructor(driver: Driver, saw: (head: Head) => void) {
    this.#driver = driver;
    this.#saw = saw;
  }

  read(read: PointRead): Promise<RangeResult> {
    if (this.#waiting.length >= limits.readQueueCountMax) return Promise.reject(etcdError('tooManyRequests'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ read, resolve, reject });
      this.#schedule();
    });
  }

  /** At the end of this turn of the event loop, so that reads which arrived together leave together. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.pointBatchesUnderWayMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#waiting.splice(0, limits.pointReadsMax));
    });
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#underWay += 1;
    try {
      const reads = batch.map((each) => each.read);
      answer(batch, await this.#driver.read('points', reads, 'quick'), this.#saw);
    } catch (error) {
      for (const each of batch) each.reject(error);
    } finally {
      this.#underWay -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}

function answer(batch: readonly Waiting[], found: PointReads, saw: (head: Head) => void): void {
  saw(found.head);
  let start = 0;
  batch.forEach((each, index) => {
    const end = found.ends[index] as number;
    each.resolve(pointResult(found.head, found.bytes.subarray(start, end)));
    start = end;
  });
}

function pointResult(head: Head, bytes: Uint8Array): RangeResult {
  const count = bytes.length === 0 ? 0 : 1;
  return { kind: 'range', revision: head.revision, blocks: count === 0 ? [] : [{ bytes, count }], more: false, count };
}
