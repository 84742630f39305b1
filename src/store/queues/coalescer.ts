/**
 * Combines many small reads into one. While batches are under way, the next batch collects. A batch
 * leaves after its last read joined, so each read gets a snapshot taken after it arrived.
 */
import { limits } from '../../limits.ts';
import { doublingBounds, Histogram } from '../../statistics/histogram.ts';
import type { CoalescerStatistics } from '../store-statistics.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Requester } from './requester.ts';

interface Waiting<Request, Answer> extends Queued {
  readonly request: Request;
  readonly sinceMs: number;
  resolve(answer: Answer): void;
}

const batchBounds = doublingBounds(1, 8);

/** A request that was answered, or failed, as part of a batch. */
export type AnsweredRequest<Request> = Pick<Waiting<Request, unknown>, 'request' | 'requester' | 'sinceMs'>;

export interface CoalescerOptions<Request, Answer> {
  /** Returns one answer for each request, in order. If it fails, all requests of the batch fail. */
  answer(requests: readonly Request[]): Promise<readonly Answer[]>;
  /** Receives each finished batch, and when the batch left. */
  onEnd?(batch: readonly AnsweredRequest<Request>[], startMs: number): void;
  /** Memory of a waiting request. Absent: almost none. */
  bytesOf?(request: Request): number;
  /**
   * Whether the answer may be large. If so, a client that does not read its answers receives no
   * more of them.
   */
  hasLargeReply(request: Request): boolean;
}

export class Coalescer<Request, Answer> {
  readonly #options: CoalescerOptions<Request, Answer>;
  readonly #waiting: FairQueue<Waiting<Request, Answer>>;
  #scheduled = false;
  #underWay = 0;
  readonly #batchReads = new Histogram(batchBounds);

  constructor(options: CoalescerOptions<Request, Answer>) {
    this.#options = options;
    this.#waiting = new FairQueue({
      countMax: limits.readQueueCountMax,
      bytesMax: limits.readQueueBytesMax,
      hasLargeReply: ({ request }) => options.hasLargeReply(request),
      onReady: () => this.#schedule(),
    });
  }

  get statistics(): CoalescerStatistics {
    return { ...this.#waiting.statistics, batchReads: this.#batchReads };
  }

  /**
   * @throws what `answer` throws; `tooManyRequests` when the queue is full; `canceled` when the
   * requester was gone before its turn.
   */
  read(request: Request, requester: Requester): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = this.#options.bytesOf?.(request) ?? 0;
      this.#waiting.push({ request, requester, bytes, sinceMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /**
   * Sends at the end of this turn of the event loop, so that reads that arrived together leave
   * together.
   */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.readBatchesUnderWayMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#take());
    });
  }

  #take(): readonly Waiting<Request, Answer>[] {
    const batch: Waiting<Request, Answer>[] = [];
    while (batch.length < limits.readBatchCountMax) {
      const next = this.#waiting.take();
      if (next === undefined) break;
      batch.push(next);
    }
    return batch;
  }

  async #send(batch: readonly Waiting<Request, Answer>[]): Promise<void> {
    if (batch.length === 0) return;
    const startMs = performance.now();
    this.#underWay += 1;
    this.#batchReads.observe(batch.length);
    try {
      const answers = await this.#options.answer(batch.map(({ request }) => request));
      batch.forEach((each, index) => {
        each.resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const each of batch) each.reject(error);
    } finally {
      this.#underWay -= 1;
      this.#options.onEnd?.(batch, startMs);
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}
