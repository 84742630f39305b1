export interface LatestAnswerOptions<Answer> {
  ask(): Promise<Answer>;
  /** What stands for it before the first. */
  readonly initial: Answer;
  readonly waitMsMax: number;
}

/** The latest answer to a question that may take long, or fail: whoever asks waits a little, and is then given the one before. */
export class LatestAnswer<Answer> {
  readonly #options: LatestAnswerOptions<Answer>;
  #answer: Answer;
  #isFailing = false;
  /** A question is not asked again before it was answered. */
  #asking: Promise<void> | undefined;

  constructor(options: LatestAnswerOptions<Answer>) {
    this.#options = options;
    this.#answer = options.initial;
  }

  /** `isFresh`: it was answered now. */
  async get(): Promise<{ readonly answer: Answer; readonly isFresh: boolean }> {
    this.#asking ??= this.#ask();
    const isInTime = await settledWithin(this.#options.waitMsMax, this.#asking);
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

async function settledWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isInTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}
