/** Reads of one key at the latest revision, many in one snapshot. */
import type { Driver } from '../drivers/driver.ts';
import type { PointRead, PointReads } from '../mvcc/point-reads.ts';
import type { Head, RangeResult } from '../mvcc/results.ts';
import type { ReadCache } from '../read-cache/read-cache.ts';
import { Coalescer } from './coalescer.ts';
import type { Requester } from './requester.ts';
import type { SlowOperations } from './slow-operations.ts';
import type { CoalescerStatistics } from './store-statistics.ts';

export interface PointReaderOptions {
  readonly cache: ReadCache;
  readonly slow: SlowOperations;
  saw(head: Head): void;
  /** The head now, from the database. */
  readHead(): Promise<Head>;
}

export class PointReader {
  readonly #driver: Driver;
  readonly #options: PointReaderOptions;
  readonly #coalescer: Coalescer<PointRead, RangeResult>;

  constructor(driver: Driver, options: PointReaderOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#coalescer = new Coalescer({
      answer: (reads) => this.#answer(reads),
      onEnd: (batch, startMs) => options.slow.pointReads(batch, startMs),
      bytesOf: ({ key }) => key.length,
      answersMuch: () => true,
    });
  }

  get statistics(): CoalescerStatistics {
    return this.#coalescer.statistics;
  }

  read(read: PointRead, requester: Requester): Promise<RangeResult> {
    return this.#coalescer.ask(read, requester);
  }

  /** Keys that the cache has need the head alone, which comes along with the other keys. */
  async #answer(reads: readonly PointRead[]): Promise<readonly RangeResult[]> {
    const { cache, readHead } = this.#options;
    const asked = cache.ask();
    const answers = new Map<PointRead, RangeResult>();
    const unknown = reads.filter((read) => !cache.hasKey(read));
    const head = unknown.length === 0 ? await readHead() : await this.#read(unknown, answers);
    if (unknown.length < reads.length && (await cache.mayAnswer(asked, head))) {
      for (const read of reads) {
        const found = answers.has(read) ? undefined : cache.key(read);
        if (found !== undefined) answers.set(read, found);
      }
    }
    // The cache is behind, or has evicted them meanwhile.
    const late = reads.filter((read) => !answers.has(read));
    if (late.length > 0) await this.#read(late, answers);
    return reads.map((read) => answers.get(read) as RangeResult);
  }

  async #read(reads: readonly PointRead[], answers: Map<PointRead, RangeResult>): Promise<Head> {
    const { cache, saw } = this.#options;
    const { head, bytes, ends }: PointReads = await this.#driver.read('points', reads, 'quick');
    saw(head);
    let start = 0;
    reads.forEach((read, index) => {
      const found = bytes.subarray(start, ends[index]);
      cache.learnKey(read, found, head);
      answers.set(read, pointResult(head, found));
      start += found.length;
    });
    return head;
  }
}

function pointResult({ revision }: Head, bytes: Uint8Array): RangeResult {
  const count = bytes.length === 0 ? 0 : 1;
  return { kind: 'range', revision, blocks: count === 0 ? [] : [{ bytes, count }], more: false, count };
}
