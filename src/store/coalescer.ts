/**
 * Answers many small reads with one: while batches are under way, the next collects. Each read is answered from a snapshot taken after it arrived,
 * because a batch leaves after its last read joined it.
 */
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';

interface Waiting<Question, Answer> {
  readonly question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export class Coalescer<Question, Answer> {
  readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #waiting: Waiting<Question, Answer>[] = [];
  #scheduled = false;
  #underWay = 0;

  /** `answer` gives one answer for each question, in order; when it fails, all of them fail. */
  constructor(answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#answer = answer;
  }

  /** @throws what `answer` throws; `tooManyRequests` when too many wait already. */
  ask(question: Question): Promise<Answer> {
    if (this.#waiting.length >= limits.readQueueCountMax) return Promise.reject(etcdError('tooManyRequests'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
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
    this.#underWay += 1;
    try {
      const answers = await this.#answer(batch.map(({ question }) => question));
      batch.forEach((each, index) => {
        each.resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const each of batch) each.reject(error);
    } finally {
      this.#underWay -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}
