/**
 * Group commit: while batches are under way, the next batch collects writes. Connections take
 * turns, and the writes of one connection stay in order.
 */
import type { Driver, DriverBatchResult } from '../../drivers/driver.ts';
import { etcdError } from '../../errors.ts';
import type { Origin } from '../../kit/origin.ts';
import { limits } from '../../limits.ts';
import type { TxnStep, WriteOperation } from '../../mvcc/operations.ts';
import type { PackedBatchEvents } from '../../mvcc/reads/events.ts';
import type { WriteResult } from '../../mvcc/results.ts';
import { requestBoundsMs } from '../../statistics/bounds.ts';
import { doublingBounds, Histogram } from '../../statistics/histogram.ts';
import type { OperationCounts } from '../operation-counts.ts';
import { FairQueue, type Queued } from '../queues/fair-queue.ts';
import { internal, type Requester } from '../queues/requester.ts';
import type { AnsweredHead, HeadTracker, KnownHead } from '../reads/head-tracker.ts';
import type { SlowOperations } from '../slow-operations.ts';
import type { WriteQueueStatistics } from '../store-statistics.ts';
import { TracedBatch } from '../traced-work.ts';
import { operationBytes } from './operation-bytes.ts';

interface Waiting extends Queued {
  readonly operation: WriteOperation;
  readonly readsValues: boolean;
  readonly sinceMs: number;
  resolve(result: WriteResult): void;
}

/** Receives the events of committed batches, which saves reading them back. */
export interface BatchFollower {
  /** Called before a batch is given to the database. */
  needsEvents(): boolean;
  /** Called before the writes are answered, if the batch returns its events. */
  take(events: PackedBatchEvents): void;
}

/** Bytes of work that may be sent to the database next to a full batch. */
const smallBytesMax = limits.writeBatchBytesMax / 16;

const batchOperationBounds = doublingBounds(1, 9);
/** 1 KiB to 4 MiB. */
const batchBytesBounds = doublingBounds(1024, 13);

export interface WriteQueueOptions {
  readonly heads: Pick<HeadTracker, 'known' | 'isCurrent'>;
  /** Receives the head of every batch, with what was known when the batch began. */
  observe(answer: AnsweredHead, known: KnownHead): void;
  readonly counts: OperationCounts;
  readonly slow: SlowOperations;
}

export class WriteQueue {
  readonly #driver: Pick<Driver, 'write'>;
  readonly #options: WriteQueueOptions;
  readonly #batchOperations = new Histogram(batchOperationBounds);
  readonly #batchBytes = new Histogram(batchBytesBounds);
  readonly #waitMs = new Histogram(requestBoundsMs);
  readonly #waiting: FairQueue<Waiting>;
  #scheduled = false;
  /** Operations of the batch that was sent last. */
  #lastCount = 0;
  #underWay = 0;
  /** Bytes that are written, and that are expected to be read. */
  #workUnderWay = 0;
  #operationsUnderWay = 0;
  #failedCount = 0;
  #follower: BatchFollower | undefined;
  /** The bytes that the last operations of an origin have read, and of all origins. */
  readonly #readBytes = new WeakMap<Origin, number>();
  #readBytesOfAll: number = limits.writeReadBytesUnknown;

  constructor(driver: Pick<Driver, 'write'>, options: WriteQueueOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#waiting = new FairQueue<Waiting>({
      countMax: limits.writeQueueCountMax,
      bytesMax: limits.writeQueueBytesMax,
      workOf: (waiting) => waiting.bytes + this.#expectedReadBytes(waiting),
      hasLargeReply: ({ operation }) => hasLargeReply(operation),
      onReady: () => this.#schedule(),
    });
  }

  get statistics(): WriteQueueStatistics {
    return {
      ...this.#waiting.statistics,
      waitingBytes: this.#waiting.bytes,
      underWay: this.#operationsUnderWay,
      batchOperations: this.#batchOperations,
      batchBytes: this.#batchBytes,
      waitMs: this.#waitMs,
      failed: this.#failedCount,
    };
  }

  /** Sets the follower, or removes it. */
  follow(follower: BatchFollower | undefined): void {
    this.#follower = follower;
  }

  /**
   * Resolves when the write is durable. Rejects with `EtcdError` when the write was refused, with
   * `DriverError` when the database failed. A write whose requester is gone before it joins a batch
   * has no effect, and rejects with `canceled`.
   */
  write<Kind extends WriteOperation['kind']>(
    operation: WriteOperation & { kind: Kind },
    requester: Requester = internal,
  ): Promise<WriteResult & { kind: Kind }> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        operation,
        readsValues: readsValues(operation),
        requester,
        bytes: operationBytes(operation),
        sinceMs: performance.now(),
        resolve: resolve as Waiting['resolve'],
        reject,
      });
      this.#schedule();
    });
  }

  /**
   * Sends at the end of this turn of the event loop, so that writes that arrived together leave
   * together. A lone write leaves at once.
   */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.writeBatchesUnderWayMax) return;
    if (this.#underWay === 0 && this.#lastCount === 1) {
      void this.#send(this.#take());
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#take());
    });
  }

  /**
   * Takes a batch. One write may be larger than a batch. Small writes of other connections go with
   * it, or before the next large write.
   */
  #take(): readonly Waiting[] {
    const batch: Waiting[] = [];
    let work = 0;
    let workMax = this.#workUnderWay < limits.writeBatchBytesMax ? Number.POSITIVE_INFINITY : smallBytesMax;
    while (batch.length < limits.writeBatchCountMax) {
      const next = this.#waiting.take(workMax - work);
      if (next === undefined) break;
      batch.push(next);
      work += next.work ?? 0;
      if (batch.length === 1) workMax = Math.min(workMax, Math.max(limits.writeBatchBytesMax, work + smallBytesMax));
    }
    if (batch.length === 0) return batch;
    this.#lastCount = batch.length;
    this.#batchOperations.observe(batch.length);
    this.#batchBytes.observe(sum(batch, ({ bytes }) => bytes));
    return batch;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const startMs = performance.now();
    for (const { sinceMs } of batch) this.#waitMs.observe(startMs - sinceMs);
    const traced = TracedBatch.of(batch);
    this.#underWay += 1;
    this.#operationsUnderWay += batch.length;
    const work = sum(batch, (each) => each.work ?? 0);
    this.#workUnderWay += work;
    const withEvents = this.#follower?.needsEvents() === true;
    const expectedReadBytes = work - sum(batch, ({ bytes }) => bytes);
    let doneCount = batch.length;
    const { known } = this.#options.heads;
    try {
      const result = await this.#driver.write(
        batch.map((each) => each.operation),
        { withEvents, expectedReadBytes, steps: traced?.steps },
      );
      doneCount = result.outcomes.length;
      // Watchers first: their events and the replies below leave in the same turn.
      if (result.events !== undefined && this.#options.heads.isCurrent(known)) this.#follower?.take(result.events);
      this.#options.observe(result, known);
      this.#answer(batch, result);
    } catch (error) {
      for (const each of batch) this.#fail(each, error);
    } finally {
      this.#underWay -= 1;
      this.#operationsUnderWay -= batch.length;
      this.#workUnderWay -= work;
      this.#options.slow.writes(batch, startMs);
      traced?.end(startMs, doneCount);
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  #answer(batch: readonly Waiting[], { outcomes }: DriverBatchResult): void {
    for (const [index, outcome] of outcomes.entries()) {
      const each = batch[index] as Waiting;
      if ('result' in outcome) {
        this.#options.counts.done(each.operation, outcome.result);
        each.resolve(outcome.result);
      } else if ('error' in outcome) each.reject(etcdError(outcome.error));
      else this.#fail(each, outcome.failure);
      if ('readBytes' in outcome) this.#observeRead(each, outcome.readBytes);
    }
    // The operations after these were not begun.
    for (const each of batch.slice(outcomes.length).reverse()) this.#waiting.putBack(each);
  }

  /**
   * The bytes that an operation is expected to read: about as many as the last ones of its client,
   * or of all clients.
   */
  #expectedReadBytes({ readsValues, requester }: Waiting): number {
    return readsValues ? (this.#readBytes.get(requester.origin) ?? this.#readBytesOfAll) : 0;
  }

  /** Charges the client for what its operation has read. */
  #observeRead(waiting: Waiting, bytes: number): void {
    const readBytes = Math.min(bytes, limits.writeChargedReadBytesMax);
    if (waiting.readsValues) {
      const expected = this.#expectedReadBytes(waiting);
      this.#readBytes.set(waiting.requester.origin, Math.max(readBytes, Math.floor(expected / 2)));
      this.#readBytesOfAll = Math.max(readBytes, Math.floor(this.#readBytesOfAll / 2));
    }
    const work = waiting.bytes + readBytes;
    if (work !== waiting.work) this.#waiting.settle(waiting, work);
  }

  #fail({ reject }: Waiting, error: unknown): void {
    this.#failedCount += 1;
    reject(error);
  }
}

function sum(batch: readonly Waiting[], of: (each: Waiting) => number): number {
  return batch.reduce((total, each) => total + of(each), 0);
}

/** Whether an operation reads values, whose size is unknown. */
function readsValues(operation: WriteOperation | TxnStep): boolean {
  switch (operation.kind) {
    case 'put':
      return operation.previous || operation.ignoreValue;
    case 'delete':
      return operation.previous;
    case 'range':
      return true;
    case 'txn':
      return (
        operation.compares.some(({ target }) => target === 'value') ||
        operation.success.some(readsValues) ||
        operation.failure.some(readsValues)
      );
    default:
      return false;
  }
}

/** Whether the reply contains key-values. */
function hasLargeReply(operation: WriteOperation | TxnStep): boolean {
  switch (operation.kind) {
    case 'put':
    case 'delete':
      return operation.previous;
    case 'range':
      return true;
    case 'txn':
      return operation.success.some(hasLargeReply) || operation.failure.some(hasLargeReply);
    default:
      return false;
  }
}
