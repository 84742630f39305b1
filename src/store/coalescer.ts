/**
 * Answers many small reads with one: while batches are under way, the next collects. Each read is answered from a snapshot taken after it arrived,
 * because a batch leaves after its last read joined it.
 */
import { limits } from '../limits.ts';
import { doublingBounds, Histogram } from '../statistics/histogram.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Requester } from './requester.ts';
import type { CoalescerStatistics } from './store-statistics.ts';

interface Waiting<Question, Answer> extends Queued {
  readonly question: Question;
  readonly sinceMs: number;
  resolve(answer: Answer): void;
}

const batchBounds = doublingBounds(1, 8);

/** A question that was answered, or failed, together with others. */
export type Asked<Question> = Pick<Waiting<Question, unknown>, 'question' | 'sinceMs'>;

export interface CoalescerOptions<Question, Answer> {
  /** Gives one answer for each question, in order; when it fails, all of them fail. */
  answer(questions: readonly Question[]): Promise<readonly Answer[]>;
  /** Receives each batch that has ended, and when it left. */
  onEnd?(batch: readonly Asked<Question>[], startMs: number): void;
  /** What a question holds in memory. Absent: next to nothing. */
  bytesOf?(question: Question): number;
  /** Whether the answer may be large: then a client that does not read its answers gets no more of them. */
  answersMuch(question: Question): boolean;
}

export class Coalescer<Question, Answer> {
  readonly #options: CoalescerOptions<Question, Answer>;
  readonly #waiting: FairQueue<Waiting<Question, Answer>>;
  #scheduled = false;
  #underWay = 0;
  readonly #batchReads = new Histogram(batchBounds);

  constructor(options: CoalescerOptions<Question, Answer>) {
    this.#options = options;
    this.#waiting = new FairQueue({
      countMax: limits.readQueueCountMax,
      bytesMax: limits.readQueueBytesMax,
      answersMuch: ({ question }) => options.answersMuch(question),
      onReady: () => this.#schedule(),
    });
  }

  get statistics(): CoalescerStatistics {
    return { ...this.#waiting.statistics, batchReads: this.#batchReads };
  }

  /** @throws what `answer` throws; `tooManyRequests` when too many wait; `canceled` when the requester was gone before it was its turn. */
  ask(question: Question, requester: Requester): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = this.#options.bytesOf?.(question) ?? 0;
      this.#waiting.push({ question, requester, bytes, sinceMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /** At the end of this turn of the event loop, so that reads which arrived together leave together. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.readBatchesUnderWayMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#take());
    });
  }

  #take(): readonly Waiting<Question, Answer>[] {
    const batch: Waiting<Question, Answer>[] = [];
    while (batch.length < limits.readBatchCountMax) {
      const next = this.#waiting.take();
      if (next === undefined) break;
      batch.push(next);
    }
    return batch;
  }

  async #send(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    if (batch.length === 0) return;
    const startMs = performance.now();
    this.#underWay += 1;
    this.#batchReads.observe(batch.length);
    try {
      const answers = await this.#options.answer(batch.map(({ question }) => question));
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
