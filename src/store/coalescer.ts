/**
 * Answers many small reads with one: while batches are under way, the next collects. Each read is answered from a snapshot taken after it arrived,
 * because a batch leaves after its last read joined it.
 */
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import { doublingBounds, Histogram } from '../statistics/histogram.ts';
import type { CoalescerStatistics } from './store-statistics.ts';

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly sinceMs: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

const batchBounds = doublingBounds(1, 8);

/** A question that was answered, or failed, together with others. */
export type Asked<Question> = Pick<Waiting<Question, unknown>, 'question' | 'sinceMs'>;

export class Coalescer<Question, Answer> {
  readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #onEnd: ((batch: readonly Asked<Question>[], startMs: number) => void) | undefined;
  readonly #waiting: Waiting<Question, Answer>[] = [];
  #scheduled = false;
  #underWay = 0;
  readonly #batchReads = new Histogram(batchBounds);
  #refusedCount = 0;

  /**
   * `answer` gives one answer for each question, in order; when it fails, all of them fail. `onEnd` is told of each batch, and when it left: the first of it waited
   * longest.
   */
  constructor(
    answer: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    onEnd?: (batch: readonly Asked<Question>[], startMs: number) => void,
  ) {
    this.#answer = answer;
    this.#onEnd = onEnd;
  }

  get statistics(): CoalescerStatistics {
    return { waiting: this.#waiting.length, batchReads: this.#batchReads, refused: this.#refusedCount };
  }

  /** @throws what `answer` throws; `tooManyRequests` when too many wait already. */
  ask(question: Question): Promise<Answer> {
    if (this.#waiting.length >= limits.readQueueCountMax) {
      this.#refusedCount += 1;
      return Promise.reject(etcdError('tooManyRequests'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, sinceMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /** At the end of this turn of the event loop, so that reads which arrived together leave together. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= limits.readBatchesUnderWayMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#waiting.splice(0, limits.readBatchCountMax));
    });
  }

  async #send(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    const startMs = performance.now();
    this.#underWay += 1;
    this.#batchReads.observe(batch.length);
    try {
      const answers = await this.#answer(batch.map(({ question }) => question));
      batch.forEach((each, index) => {
        each.resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const each of batch) each.reject(error);
    } finally {
      this.#underWay -= 1;
      this.#onEnd?.(batch, startMs);
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}
