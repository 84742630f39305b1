/**
 * Reads ranges page by page at one revision. Each page waits for its turn, so that a long range
 * does not delay other reads.
 */
import type { Driver, ReadLane } from '../../drivers/driver.ts';
import { EtcdError, etcdError } from '../../errors.ts';
import { markSingleUse } from '../../kit/memory.ts';
import { limits } from '../../limits.ts';
import { newestRange, type RangeOperation } from '../../mvcc/operations.ts';
import type { PagePosition, RangePages, RangeRequest } from '../../mvcc/reads/range-page.ts';
import type { Head, KeyValueBlock, RangeResult } from '../../mvcc/results.ts';
import type { Fill } from '../../read-cache/fill.ts';
import type { ReadCache } from '../../read-cache/read-cache.ts';
import { endOfKeys, keyText } from '../../sql/key-text.ts';
import { OriginSlots } from '../queues/origin-slots.ts';
import type { PacedAnswers } from '../queues/paced-answers.ts';
import { internal, type Requester } from '../queues/requester.ts';
import type { SlowOperations } from '../slow-operations.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { keysBytes } from '../writes/operation-bytes.ts';
import { KnownCounts } from './known-counts.ts';
import type { ReadQueue } from './read-queue.ts';

/** Receives the milliseconds that a page waited. */
type OnBegin = (waitedMs: number) => void;

/**
 * Restarts of a list without a revision, after a compaction deleted rows that were still to be
 * read.
 */
const restartsMax = 3;

const countOfAll: RangeOperation = {
  ...newestRange,
  keys: { start: keyText(new Uint8Array(0)), end: endOfKeys },
  countOnly: true,
};

export class RangeReader {
  readonly #reads: Readonly<Record<ReadLane, ReadQueue>>;
  /** Limits lists under way: a list holds all its pages until the last one is read. */
  readonly #starts: OriginSlots;
  readonly #slow: SlowOperations;
  readonly #cache: ReadCache;
  readonly #readHead: (operation: RangeOperation, requester: Requester) => Promise<Head>;
  readonly #paced: PacedAnswers;
  /** Replaced when the database was rewound. */
  #counts = new KnownCounts();

  constructor(
    driver: Pick<Driver, 'readsAtOnce'>,
    {
      reads,
      slow,
      cache,
      paced,
      readHead,
    }: {
      readonly reads: Readonly<Record<ReadLane, ReadQueue>>;
      readonly slow: SlowOperations;
      readonly cache: ReadCache;
      /** The queue of answers from the cache. */
      readonly paced: PacedAnswers;
      /** Reads the current head from the database, for a list that the cache may answer. */
      readonly readHead: (operation: RangeOperation, requester: Requester) => Promise<Head>;
    },
  ) {
    this.#reads = reads;
    // One origin may use everything that the driver works on at a time.
    this.#starts = new OriginSlots({
      underWayMax: () => Math.max(limits.listsOfOriginMax, driver.readsAtOnce('bulk')),
      waitingCountMax: limits.listsWaitingMax,
      waitingBytesMax: limits.readQueueBytesMax,
      cancelledPauseMs: limits.listCancelledPauseMs,
    });
    this.#slow = slow;
    this.#cache = cache;
    this.#paced = paced;
    this.#readHead = readHead;
  }

  /** How often the count of a range was cached. */
  get countUses(): { readonly hits: number; readonly misses: number } {
    return this.#counts.uses;
  }

  /**
   * The database was rewound: drops the counts. Lists under way end as compacted, because their
   * next pages may be of another history.
   */
  rewind(): void {
    this.#counts = new KnownCounts(this.#counts.uses);
  }

  /** Counts of the lists that have not begun. */
  get starts(): QueueStatistics {
    return this.#starts.statistics;
  }

  /** The current number of keys. */
  async keyCount(): Promise<number> {
    const request = { operation: countOfAll, position: undefined, knownCount: this.#counts.get(countOfAll.keys) };
    const page = await this.#reads.bulk.read('rangePages', request, { requester: internal });
    return page.count ?? 0;
  }

  /** Reads all pages into one result. */
  async read(operation: RangeOperation, requester: Requester): Promise<RangeResult> {
    const startMs = performance.now();
    let queuedMs = 0;
    const onBegin = (waitedMs: number) => {
      queuedMs += waitedMs;
    };
    const readAll = () => {
      onBegin(performance.now() - startMs);
      return this.#readAll(operation, requester, onBegin);
    };
    const isAtOnce = isQuick(operation);
    const result = await (isAtOnce ? readAll() : this.#starts.run(requester, keysBytes(operation.keys), readAll));
    this.#slow.range(operation, result, { startMs, queuedMs });
    requester.trace?.part({
      name: 'read',
      startMs,
      endMs: performance.now(),
      attributes: { 'tine.queue.ms': queuedMs },
    });
    return result;
  }

  async #readAll(operation: RangeOperation, requester: Requester, onBegin: OnBegin): Promise<RangeResult> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#collect(operation, requester, onBegin);
      } catch (error) {
        if (operation.revision > 0 || restarts === restartsMax || !isGone(error)) throw error;
      }
    }
  }

  /** Reads page by page. `more` and `count` are right in the last page only. */
  async *parts(
    operation: RangeOperation,
    requester: Requester,
    onBegin: OnBegin = () => {},
  ): AsyncGenerator<RangeResult> {
    const isCached = this.#cache.hasPage(operation) && (await this.#isFresh(operation, requester));
    let fill: Fill | undefined;
    let position: PagePosition | undefined;
    let total: number | undefined;
    let sent = 0;
    const counts = this.#counts;
    try {
      do {
        const request = { operation, position, knownCount: counts.get(operation.keys) };
        const isFirst = position === undefined;
        let page = isCached || !isFirst ? await this.#cachedPage(request, requester) : undefined;
        const isRead = page === undefined;
        if (page === undefined) {
          if (isFirst) fill = this.#cache.beginFill(operation);
          page = await this.#readPage(request, requester, onBegin);
          await this.#cache.offerPage(fill, request, page);
        }
        if (counts !== this.#counts) throw etcdError('compacted');
        total ??= page.count;
        position = page.next;
        const revision = operation.revision <= 0 ? page.readRevision : page.head.revision;
        for (const blocks of messages(page.blocks)) {
          for (const { bytes, count } of blocks) {
            sent += count;
            if (isRead) markSingleUse(bytes);
          }
          yield { kind: 'range', revision, blocks, more: page.more, count: total ?? sent };
        }
        if (page.cutAfter !== undefined && total !== undefined && operation.revisionFilter === undefined) {
          counts.storeRest(operation, page.cutAfter, { revision: page.readRevision, count: total - sent });
        }
      } while (position !== undefined);
    } finally {
      if (fill !== undefined) this.#cache.endFill(fill);
    }
  }

  #cachedPage(request: RangeRequest, requester: Requester): Promise<RangePages | undefined> {
    return this.#paced.find(() => this.#cache.page(request), {
      requester,
      keyBytes: keysBytes(request.operation.keys),
      bytesOf: (page) => page?.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? 0,
    });
  }

  async #readPage(request: RangeRequest, requester: Requester, onBegin: OnBegin): Promise<RangePages> {
    const { keys } = request.operation;
    const reads = this.#reads[isQuick(request.operation) ? 'quick' : 'bulk'];
    const page = await reads.read('rangePages', request, { requester, keyBytes: keysBytes(keys), onBegin });
    this.#counts.store(keys, page);
    return page;
  }

  /** Whether the cache has every event that was committed before this call. */
  async #isFresh(operation: RangeOperation, requester: Requester): Promise<boolean> {
    const readStart = this.#cache.startRead();
    const head = await this.#readHead(operation, requester);
    return await this.#cache.mayAnswer(readStart, head);
  }

  async #collect(operation: RangeOperation, requester: Requester, onBegin: OnBegin): Promise<RangeResult> {
    const blocks: KeyValueBlock[] = [];
    let last: RangeResult | undefined;
    for await (const part of this.parts(operation, requester, onBegin)) {
      blocks.push(...part.blocks);
      last = part;
    }
    return { ...(last as RangeResult), blocks };
  }
}

/**
 * Groups the blocks of a page into messages for a list that is sent in parts. Small blocks share a
 * message.
 */
function messages(blocks: readonly KeyValueBlock[]): readonly (readonly KeyValueBlock[])[] {
  const sent: KeyValueBlock[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    if (bytes + block.bytes.length > limits.rangeBlockBytesMax) {
      sent.push([]);
      bytes = 0;
    }
    sent.at(-1)?.push(block);
    bytes += block.bytes.length;
  }
  return sent.length === 0 ? [[]] : sent;
}

/**
 * Whether a range is a quick read. One key takes two look-ups; a count walks an index of small
 * rows, so it is not quick.
 */
function isQuick(operation: RangeOperation): boolean {
  return 'one' in operation.keys;
}

/** Whether the revision of a list was compacted, or lost when the database was rewound. */
function isGone(error: unknown): boolean {
  return error instanceof EtcdError && (error.entry === 'compacted' || error.entry === 'futureRevision');
}
