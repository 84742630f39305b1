/**
 * Reads one key at the latest revision. Many reads share one snapshot; large values are read one by
 * one.
 */
import type { Driver } from '../../drivers/driver.ts';
import { markSingleUse } from '../../kit/memory.ts';
import { limits } from '../../limits.ts';
import { newestRange, type RangeOperation } from '../../mvcc/operations.ts';
import type { PointRead, PointReads } from '../../mvcc/reads/point-reads.ts';
import type { Head, RangeResult } from '../../mvcc/results.ts';
import type { ReadCache } from '../../read-cache/read-cache.ts';
import { Coalescer } from '../queues/coalescer.ts';
import type { PacedAnswers } from '../queues/paced-answers.ts';
import type { Requester } from '../queues/requester.ts';
import type { SlowOperations } from '../slow-operations.ts';
import type { CoalescerStatistics } from '../store-statistics.ts';
import { traceReads } from '../traced-work.ts';
import type { ReadQueue } from './read-queue.ts';

export interface PointReaderOptions {
  /** The queue of large values in the database. */
  readonly reads: ReadQueue;
  /** The queue of large values in the cache. */
  readonly paced: PacedAnswers;
  readonly cache: ReadCache;
  readonly slow: SlowOperations;
  /** Reads the current head from the database. */
  readHead(): Promise<Head>;
}

/**
 * Why a read is not answered as part of a batch: its value is large, and is in the database or in
 * the cache.
 */
type Large = 'large' | 'large and cached';

export class PointReader {
  readonly #driver: Pick<Driver, 'read'>;
  readonly #options: PointReaderOptions;
  readonly #coalescer: Coalescer<PointRead, RangeResult | Large>;

  constructor(driver: Pick<Driver, 'read'>, options: PointReaderOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#coalescer = new Coalescer({
      answer: (reads) => this.#answer(reads),
      onEnd: (batch, startMs) => {
        options.slow.pointReads(batch, startMs);
        traceReads(batch, startMs);
      },
      bytesOf: ({ key }) => key.length,
      hasLargeReply: () => true,
    });
  }

  get statistics(): CoalescerStatistics {
    return this.#coalescer.statistics;
  }

  async read(read: PointRead, requester: Requester): Promise<RangeResult> {
    const answer = await this.#coalescer.read(read, requester);
    if (answer !== 'large' && answer !== 'large and cached') return answer;
    const cached = answer === 'large' ? undefined : await this.#readCached(read, requester);
    return cached ?? (await this.#readAlone(read, requester));
  }

  /** Keys in the cache need only the head, which is also part of the read of the other keys. */
  async #answer(reads: readonly PointRead[]): Promise<readonly (RangeResult | Large)[]> {
    const { cache, readHead } = this.#options;
    const readStart = cache.startRead();
    const answers = new Map<PointRead, RangeResult | Large>();
    const unknown = reads.filter((read) => !cache.hasKey(read));
    const head = unknown.length === 0 ? await readHead() : await this.#read(unknown, answers);
    if (unknown.length < reads.length && (await cache.mayAnswer(readStart, head))) {
      for (const read of reads) {
        const found = answers.has(read) ? undefined : cache.key(read);
        if (found !== undefined) answers.set(read, isLarge(found) ? 'large and cached' : found);
      }
    }
    // The cache is behind, or has evicted these keys meanwhile.
    const late = reads.filter((read) => !answers.has(read));
    if (late.length > 0) await this.#read(late, answers);
    return reads.map((read) => answers.get(read) as RangeResult | Large);
  }

  async #read(reads: readonly PointRead[], answers: Map<PointRead, RangeResult | Large>): Promise<Head> {
    const { cache } = this.#options;
    const { head, bytes, ends, large }: PointReads = await this.#driver.read('points', reads, 'quick');
    for (const index of large) answers.set(reads[index] as PointRead, 'large');
    let start = 0;
    reads.forEach((read, index) => {
      const found = bytes.subarray(start, ends[index]);
      start += found.length;
      if (answers.has(read)) return;
      cache.offerKey(read, found, head);
      answers.set(read, pointResult(head, found));
    });
    return head;
  }

  /** The value in the cache now, which is at least as new as the one that was found before. */
  #readCached(read: PointRead, requester: Requester): Promise<RangeResult | undefined> {
    return this.#options.paced.find(() => this.#options.cache.key(read), {
      requester,
      keyBytes: read.key.length,
      bytesOf: (found) => found?.blocks[0]?.bytes.length ?? 0,
    });
  }

  async #readAlone(read: PointRead, requester: Requester): Promise<RangeResult> {
    const { reads, cache } = this.#options;
    const request = { operation: rangeOf(read), position: undefined, knownCount: undefined };
    const { head, blocks } = await reads.read('rangePages', request, { requester, keyBytes: read.key.length });
    const bytes = blocks[0]?.bytes ?? nothing;
    cache.offerKey(read, bytes, head);
    if (bytes.length > 0) markSingleUse(bytes);
    return pointResult(head, bytes);
  }
}

const nothing = new Uint8Array(0);

function isLarge({ blocks }: RangeResult): boolean {
  return blocks.some(({ bytes }) => bytes.length > limits.pointValueBytesMax);
}

function rangeOf({ key }: PointRead): RangeOperation {
  return { ...newestRange, keys: { one: key } };
}

function pointResult({ revision }: Head, bytes: Uint8Array): RangeResult {
  const count = bytes.length === 0 ? 0 : 1;
  return { kind: 'range', revision, blocks: count === 0 ? [] : [{ bytes, count }], more: false, count };
}
