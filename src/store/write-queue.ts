/** Group commit: while batches are under way, writes collect; the next batch takes them all, in the order they came. */
import type { Driver, DriverBatchResult } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { EventsRequest, PackedEventPage } from '../mvcc/events.ts';
import type { TxnStep, WriteOperation } from '../mvcc/operations.ts';
import type { Head, WriteResult } from '../mvcc/results.ts';

interface Waiting {
  readonly operation: WriteOperation;
  readonly bytes: number;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/** Who reads the log along with small batches: the writer's own read takes less time than another thread needs to wake up. */
export interface BatchFollower {
  /** Asked when a small batch is about to be given to the database: where to read on from; undefined: not now. */
  next(): EventsRequest | undefined;
  /** Called before the writes are answered, with what was read; undefined: nothing could be. */
  take(page: PackedEventPage | undefined): void;
}

export class WriteQueue {
  readonly #driver: Driver;
  readonly #saw: (head: Head) => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #scheduled = false;
  #underWay = 0;
  #follower: BatchFollower | undefined;

  constructor(driver: Driver, saw: (head: Head) => void) {
    this.#driver = driver;
    this.#saw = saw;
  }

  /** There is one follower, or none. */
  follow(follower: BatchFollower | undefined): void {
    this.#follower = follower;
  }

  /** Resolves when the write is durable. Rejects with `EtcdError` when it was refused, with `DriverError` when the database failed it. */
  write<Kind extends WriteOperation['kind']>(
    operation: WriteOperation & { kind: Kind },
  ): Promise<WriteResult & { kind: Kind }> {
    const bytes = bytesOf(operation);
    if (this.#waiting.length >= limits.writeQueueCountMax || this.#waitingBytes + bytes > limits.writeQueueBytesMax) {
      return Promise.reject(etcdError('tooManyRequests'));
    }
    return new Promise((resolve, reject) => {
      this.#waitingBytes += bytes;
      this.#waiting.push({ operation, bytes, resolve: resolve as Waiting['resolve'], reject });
      this.#schedule();
    });
  }

  /** At the end of this turn of the event loop, so that writes which arrived together leave together. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.writeBatchesUnderWayMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#take());
    });
  }

  #take(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const each of this.#waiting) {
      if (count === limits.writeBatchCountMax || (count > 0 && bytes + each.bytes > limits.writeBatchBytesMax)) break;
      count += 1;
      bytes += each.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#underWay += 1;
    const follower = batch.length <= limits.followedBatchCountMax ? this.#follower : undefined;
    const events = follower?.next();
    try {
      const result = await this.#driver.write(
        batch.map((each) => each.operation),
        events,
      );
      // Watchers first: their events and the answers below leave in the same turn.
      if (events !== undefined) follower?.take(result.events);
      this.#saw(result.head);
      answer(batch, result);
    } catch (error) {
      if (events !== undefined) follower?.take(undefined);
      for (const each of batch) each.reject(error);
    } finally {
      this.#underWay -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}

function answer(batch: readonly Waiting[], result: DriverBatchResult): void {
  batch.forEach((each, index) => {
    const outcome = result.outcomes[index] as DriverBatchResult['outcomes'][number];
    if ('result' in outcome) each.resolve(outcome.result);
    else if ('error' in outcome) each.reject(etcdError(outcome.error));
    else each.reject(outcome.failure);
  });
}

/** What an operation holds in memory while it waits: its values, and something for the rest. */
function bytesOf(operation: WriteOperation | TxnStep): number {
  const base = 256;
  switch (operation.kind) {
    case 'put':
      return base + operation.value.length;
    case 'txn':
      return [...operation.success, ...operation.failure].reduce(
        (sum, step) => sum + bytesOf(step),
        base * (1 + operation.compares.length),
      );
    default:
      return base;
  }
}
