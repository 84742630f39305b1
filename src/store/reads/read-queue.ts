import type { Driver, ReadLane } from '../../drivers/driver.ts';
import { limits } from '../../limits.ts';
import type { ReadInput, ReadName, ReadOutput } from '../../mvcc/read-programs.ts';
import { FairQueue, type Queued } from '../queues/fair-queue.ts';
import type { Requester } from '../queues/requester.ts';
import type { QueueStatistics } from '../store-statistics.ts';

interface Waiting extends Queued {
  /** Reads, and settles the promise. */
  run(): Promise<void>;
}

export interface ReadOptions {
  readonly requester: Requester;
  readonly keyBytes?: number;
  readonly onBegin?: (waitedMs: number) => void;
}

/**
 * The queue of reads that are not answered in batches. The driver receives only as many reads as it
 * works on at a time.
 */
export class ReadQueue {
  readonly #driver: Pick<Driver, 'read' | 'readsAtOnce'>;
  readonly #lane: ReadLane;
  readonly #waiting: FairQueue<Waiting>;
  #underWay = 0;

  constructor(driver: Pick<Driver, 'read' | 'readsAtOnce'>, lane: ReadLane) {
    this.#driver = driver;
    this.#lane = lane;
    this.#waiting = new FairQueue<Waiting>({
      countMax: limits.readQueueCountMax,
      bytesMax: limits.readQueueBytesMax,
      hasLargeReply: () => true,
      onReady: () => this.#start(),
    });
  }

  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Reads when it is the requester's turn. `keyBytes`: bytes of the keys in the input. `onBegin`
   * receives the milliseconds that the read waited.
   *
   * @throws what `Driver.read` throws; `tooManyRequests` when the queue is full; `canceled` when
   * the requester was gone before its turn.
   */
  read<Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
    { requester, keyBytes = 0, onBegin }: ReadOptions,
  ): Promise<ReadOutput<Name>> {
    return new Promise((resolve, reject) => {
      const sinceMs = performance.now();
      const run = () => {
        onBegin?.(performance.now() - sinceMs);
        return this.#driver.read(name, input, this.#lane).then(resolve, reject);
      };
      this.#waiting.push({ requester, bytes: limits.waitingRequestBytes + keyBytes, run, reject });
      this.#start();
    });
  }

  #start(): void {
    while (this.#underWay < this.#driver.readsAtOnce(this.#lane)) {
      const next = this.#waiting.take();
      if (next === undefined) return;
      this.#underWay += 1;
      void next.run().then(() => {
        this.#underWay -= 1;
        this.#start();
      });
    }
  }
}
