import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Revision } from '../../../src/mvcc/ids.ts';
import type { RangeOperation } from '../../../src/mvcc/operations.ts';
import type { Head, RangeResult } from '../../../src/mvcc/results.ts';
import { ReadCache } from '../../../src/read-cache/read-cache.ts';
import { keyText } from '../../../src/sql/key-text.ts';
import { Coalescer } from '../../../src/store/queues/coalescer.ts';
import { PacedAnswers } from '../../../src/store/queues/paced-answers.ts';
import { ownRequester, type Requester } from '../../../src/store/queues/requester.ts';
import { HeadTracker } from '../../../src/store/reads/head-tracker.ts';
import { ObservedReads } from '../../../src/store/reads/observed-reads.ts';
import { PointReader } from '../../../src/store/reads/point-reader.ts';
import { RangeReader } from '../../../src/store/reads/range-reader.ts';
import { ReadQueue } from '../../../src/store/reads/read-queue.ts';
import type { SlowOperations } from '../../../src/store/slow-operations.ts';
import { WatchHub } from '../../../src/watch/hub.ts';
import { ModelDatabase } from './model-database.ts';

export interface CachedReads {
  readonly database: ModelDatabase;
  readonly cache: ReadCache;
  readonly hub: WatchHub;
  range(operation: RangeOperation, requester?: Requester): Promise<RangeResult>;
  /** All parts of a list that is sent as a stream. */
  parts(operation: RangeOperation): AsyncIterable<RangeResult>;
}

/**
 * The store's readers and the hub over a database in memory. `readHead` replaces a read of the
 * head.
 */
export function cachedReads(
  context: TestContext,
  { bytesMax, readHead }: { readonly bytesMax: number; readonly readHead?: (database: ModelDatabase) => Promise<Head> },
): CachedReads {
  const database = new ModelDatabase();
  const { source, driver } = database;
  const cache = new ReadCache({ bytesMax, latestHead: () => source.latestHead });
  source.cache = cache;
  const logger = pino({ level: 'silent' });
  const identity = { clusterId: 1n, memberId: 1n, raftTerm: 1 };
  const hub = new WatchHub({ source, identity, logger, progressIntervalMs: 60_000, fragmentBytesMax: 1_000_000 });
  context.after(() => hub.close());
  const observe = ({ head }: { readonly head: Head }) => {
    source.observeHead(head);
    cache.observeHead(head);
  };
  const observed = new ObservedReads(driver, { heads: new HeadTracker(), observe });
  const headNow = async () => {
    const head = await cache.readOrClear(() => readHead?.(database) ?? database.readHead());
    observe({ head });
    return head;
  };
  const heads = new Coalescer<RangeOperation, Head>({
    answer: async (operations) => {
      const head = await headNow();
      return operations.map(() => head);
    },
    hasLargeReply: () => true,
  });
  const slow = { range: () => {}, pointReads: () => {} } as unknown as SlowOperations;
  const options = { cache, slow, paced: new PacedAnswers() };
  const reads = { quick: new ReadQueue(observed, 'quick'), bulk: new ReadQueue(observed, 'bulk') };
  const points = new PointReader(observed, { ...options, reads: reads.quick, readHead: headNow });
  const ranges = new RangeReader(observed, {
    ...options,
    reads,
    readHead: (operation, requester) => heads.read(operation, requester),
  });
  return {
    database,
    cache,
    hub,
    range: (operation, requester = ownRequester()) => {
      const { keys } = operation;
      return 'one' in keys
        ? points.read({ key: keys.one, withValue: true }, requester)
        : ranges.read(operation, requester);
    },
    parts: (operation) => ranges.parts(operation, ownRequester()),
  };
}

/** A list of the keys from one key on and before another; a get when there is no other key. */
export function reading(
  start: string,
  end?: string,
  { limit = 0, countOnly = false, revision = 0 }: { limit?: number; countOnly?: boolean; revision?: Revision } = {},
): RangeOperation {
  const from = keyText(Buffer.from(start));
  return {
    kind: 'range',
    keys: end === undefined ? { one: from } : { start: from, end: keyText(Buffer.from(end)) },
    revision,
    limit,
    sort: undefined,
    keysOnly: false,
    countOnly,
    revisionFilter: undefined,
  };
}

export function bytesOf(results: readonly RangeResult[]): Buffer {
  return Buffer.concat(results.flatMap(({ blocks }) => blocks.map(({ bytes }) => bytes)));
}
