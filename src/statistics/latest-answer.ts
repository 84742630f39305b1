import { succeedsWithin } from '../kit/within.ts';

export interface LatestAnswerOptions<Answer> {
  ask(): Promise<Answer>;
  /** The answer before the first read. */
  readonly initial: Answer;
  readonly waitMsMax: number;
}

/**
 * Keeps the latest result of a read that may take long or fail. A caller waits a short time, and
 * then receives the previous result.
 */
export class LatestAnswer<Answer> {
  readonly #options: LatestAnswerOptions<Answer>;
  #answer: Answer;
  #isFailing = false;
  /** Only one read is under way at a time. */
  #asking: Promise<void> | undefined;

  constructor(options: LatestAnswerOptions<Answer>) {
    this.#options = options;
    this.#answer = options.initial;
  }

  /** `isFresh`: the result was read now. */
  async get(): Promise<{ readonly answer: Answer; readonly isFresh: boolean }> {
    this.#asking ??= this.#ask();
    const isInTime = await succeedsWithin(this.#options.waitMsMax, this.#asking);
    return { answer: this.#answer, isFresh: isInTime && !this.#isFailing };
  }

  async #ask(): Promise<void> {
    try {
      this.#answer = await this.#options.ask();
      this.#isFailing = false;
    } catch {
      this.#isFailing = true;
    } finally {
      this.#asking = undefined;
    }
  }
}
