/** Limits how many pieces of work run at a time. Further work waits in order. */
export class Limiter {
  readonly #countMax: number;
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor({ countMax }: { countMax: number }) {
    this.#countMax = countMax;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#count < this.#countMax) this.#count += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#count -= 1;
    }
  }
}
