import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { RangeOperation, WriteOperation } from '../mvcc/operations.ts';
import type { PointRead } from '../mvcc/point-reads.ts';
import type { RangeResult } from '../mvcc/results.ts';
import { SparseLog } from '../sparse-log.ts';
import { durationText } from '../text/duration-text.ts';
import { describeOperation } from './describe-operation.ts';

const readPrefix = 'read-only range ';

/** What nobody asked for and nobody waits for. */
const ownWork: ReadonlySet<WriteOperation['kind']> = new Set([
  'memberAnnounce',
  'memberDrop',
  'compactBite',
  'leaseRenew',
  'leaseTick',
  'leaseExpire',
]);

/** Something that waited since a moment for its batch. */
interface Waited {
  readonly sinceMs: number;
}

/** How one operation spent its time, in milliseconds. */
interface Times {
  /** Until it was given to the database. */
  readonly queuedMs: number;
  /** In the database, with waiting for its connection, and encoding, which is done where rows are read. */
  readonly databaseMs: number;
}

/** Reads and writes that take the store longer than they should: counts them, and tells what they were. Text and names are etcd's where it says the same. */
export class SlowOperations {
  readonly #thresholdMs: number;
  readonly #log: SparseLog;
  #count = 0;

  constructor({ thresholdMs, logger }: { readonly thresholdMs: number; readonly logger: Logger }) {
    this.#thresholdMs = thresholdMs;
    this.#log = new SparseLog({
      logger,
      message: 'apply request took too long',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  get count(): number {
    return this.#count;
  }

  /** A batch of writes was answered. It left at `startMs`. */
  writes(batch: readonly (Waited & { readonly operation: WriteOperation })[], startMs: number): void {
    this.#batch(batch, startMs, ({ operation }, report) => {
      if (!ownWork.has(operation.kind)) report('', () => describeOperation(operation));
    });
  }

  /** The same for a batch of point reads. */
  pointReads(batch: readonly (Waited & { readonly request: PointRead })[], startMs: number): void {
    this.#batch(batch, startMs, ({ request }, report) =>
      report(readPrefix, () => describeOperation(pointRange(request))),
    );
  }

  /** A range was read, page by page, from `startMs` on. `queuedMs`: that it or its pages waited. */
  range(
    operation: RangeOperation,
    result: RangeResult,
    { startMs, queuedMs }: { readonly startMs: number; readonly queuedMs: number },
  ): void {
    const tookMs = performance.now() - startMs;
    if (tookMs <= this.#thresholdMs) return;
    this.#report({ queuedMs, databaseMs: tookMs - queuedMs }, () => ({
      prefix: readPrefix,
      request: describeOperation(operation),
      response: `range_response_count:${countOf(result)} size:${bytesOf(result)}`,
    }));
  }

  #batch<Each extends Waited>(
    batch: readonly Each[],
    startMs: number,
    describe: (each: Each, report: (prefix: string, request: () => string) => void) => void,
  ): void {
    const nowMs = performance.now();
    for (const each of batch) {
      if (nowMs - each.sinceMs <= this.#thresholdMs) continue;
      const times = { queuedMs: startMs - each.sinceMs, databaseMs: nowMs - startMs };
      describe(each, (prefix, request) =>
        this.#report(times, () => ({ prefix, request: request(), 'batch-size': batch.length })),
      );
    }
  }

  #report({ queuedMs, databaseMs }: Times, fields: () => object): void {
    this.#count += 1;
    this.#log.write(() => ({
      took: durationText(queuedMs + databaseMs),
      'expected-duration': durationText(this.#thresholdMs),
      queued: durationText(queuedMs),
      database: durationText(databaseMs),
      ...fields(),
    }));
  }
}

function pointRange({ key, withValue }: PointRead): RangeOperation {
  return {
    kind: 'range',
    keys: { one: key },
    revision: 0,
    limit: 0,
    sort: undefined,
    keysOnly: !withValue,
    countOnly: false,
    revisionFilter: undefined,
  };
}

function countOf({ blocks }: RangeResult): number {
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

function bytesOf({ blocks }: RangeResult): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
