import { Histogram } from './histogram.ts';

/**
 * Measures rare work that takes seconds: the duration of each run, and whether one is under way.
 */
export class TimedWork {
  readonly ms: Histogram;
  #underWay = 0;

  constructor(boundsMs: readonly number[]) {
    this.ms = new Histogram(boundsMs);
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Failed runs are not measured. */
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
