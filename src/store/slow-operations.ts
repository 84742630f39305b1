import { durationText } from '../kit/amount-text.ts';
import { SparseLog } from '../kit/sparse-log.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import { newestRange, type RangeOperation, type WriteOperation } from '../mvcc/operations.ts';
import type { PointRead } from '../mvcc/reads/point-reads.ts';
import type { RangeResult } from '../mvcc/results.ts';
import { describeOperation } from './describe-operation.ts';

const readPrefix = 'read-only range ';

/** Background writes: no client sent them and no client waits for them. */
const ownWork: ReadonlySet<WriteOperation['kind']> = new Set([
  'memberAnnounce',
  'memberDrop',
  'compactChunk',
  'leaseRenew',
  'leaseTick',
  'leaseExpire',
]);

/** An operation that waited for its batch since a moment. */
interface Waited {
  readonly sinceMs: number;
}

/** How one operation spent its time, in milliseconds. */
interface Times {
  /** Until the operation was given to the database. */
  readonly queuedMs: number;
  /**
   * In the database, including the wait for a connection and the encoding, which is done where rows
   * are read.
   */
  readonly databaseMs: number;
}

/**
 * Counts and logs reads and writes that take longer than the threshold. Texts and field names are
 * etcd's where the meaning is the same.
 */
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

  /** Records a finished batch of writes. It left at `startMs`. */
  writes(batch: readonly (Waited & { readonly operation: WriteOperation })[], startMs: number): void {
    this.#batch(batch, startMs, ({ operation }, report) => {
      if (!ownWork.has(operation.kind)) report('', () => describeOperation(operation));
    });
  }

  /** Records a finished batch of point reads. */
  pointReads(batch: readonly (Waited & { readonly request: PointRead })[], startMs: number): void {
    this.#batch(batch, startMs, ({ request }, report) =>
      report(readPrefix, () => describeOperation(pointRange(request))),
    );
  }

  /**
   * Records a range that was read page by page from `startMs` on. `queuedMs`: how long the range
   * and its pages waited.
   */
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
  return { ...newestRange, keys: { one: key }, keysOnly: !withValue };
}

function countOf({ blocks }: RangeResult): number {
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

function bytesOf({ blocks }: RangeResult): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
