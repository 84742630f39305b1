import { Histogram } from './histogram.ts';

/** Work that takes seconds and is seldom done: how long it took each time, and whether it goes on now. */
export class TimedWork {
  readonly ms: Histogram;
  #underWay = 0;

  constructor(boundsMs: readonly number[]) {
    this.ms = new Histogram(boundsMs);
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** What fails is not among the times. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const startMs = performance.now();
    this.#underWay += 1;
    try {
      const result = await work();
      this.ms.observe(performance.now() - startMs);
      return result;
    } finally {
      this.#underWay -= 1;
    }
  }
}
