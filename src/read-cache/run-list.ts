import { countStartingThrough, type Interval, intervalAt } from '../kit/intervals.ts';
import type { CachedRun } from './cached-run.ts';

/**
 * Runs in the order of their keys. Runs do not overlap. If a run begins at the end of another one,
 * no key is missing between them.
 */
export class RunList {
  #runs: CachedRun[] = [];

  /** The run that contains a name. */
  at(name: string): CachedRun | undefined {
    return intervalAt(this.#runs, name);
  }

  /** The runs of an interval from its start on. Ends at the first gap. */
  *contiguousRuns({ start, end }: Interval): Generator<CachedRun> {
    let next = start;
    for (let index = Math.max(0, countStartingThrough(this.#runs, start) - 1); next < end; index += 1) {
      const run = this.#runs[index];
      if (run === undefined || run.start > next || run.end <= next) return;
      yield run;
      next = run.end;
    }
  }

  /** The parts of an interval that no run covers. */
  gaps({ start, end }: Interval): readonly Interval[] {
    const gaps: Interval[] = [];
    let next = start;
    for (let index = Math.max(0, countStartingThrough(this.#runs, start) - 1); next < end; index += 1) {
      const run = this.#runs[index];
      const gapEnd = run === undefined || run.start > end ? end : run.start;
      if (gapEnd > next) gaps.push({ start: next, end: gapEnd });
      if (run === undefined) break;
      if (run.end > next) next = run.end;
    }
    return gaps;
  }

  /** Inserts runs that cover a gap, in order. */
  insert(runs: readonly CachedRun[]): void {
    const [first] = runs;
    if (first !== undefined) this.#runs.splice(countStartingThrough(this.#runs, first.start), 0, ...runs);
  }

  /** Replaces a run by other runs, or removes it. */
  replace(run: CachedRun, runs: readonly CachedRun[]): void {
    this.#runs.splice(countStartingThrough(this.#runs, run.start) - 1, 1, ...runs);
  }

  /** The run that ends where this run begins; undefined: there is a gap. */
  adjacentBefore(run: CachedRun): CachedRun | undefined {
    const before = this.#runs[countStartingThrough(this.#runs, run.start) - 2];
    return before?.end === run.start ? before : undefined;
  }

  clear(): void {
    this.#runs = [];
  }
}
