import type { NameInterval } from '../mvcc/read-point.ts';
import { countStartingThrough } from '../text/count-starting-through.ts';
import type { CachedRun } from './cached-run.ts';

/** Runs in the order of their keys. They do not overlap; where one begins at the end of another, nothing is missing between. */
export class RunList {
  #runs: CachedRun[] = [];

  /** The run whose interval has a name. */
  at(name: string): CachedRun | undefined {
    const run = this.#runs[countStartingThrough(this.#runs, name) - 1];
    return run !== undefined && name < run.end ? run : undefined;
  }

  /** The runs of an interval from its start on; ends where a part of it is missing. */
  *contiguousRuns({ start, end }: NameInterval): Generator<CachedRun> {
    let next = start;
    for (let index = Math.max(0, countStartingThrough(this.#runs, start) - 1); next < end; index += 1) {
      const run = this.#runs[index];
      if (run === undefined || run.start > next || run.end <= next) return;
      yield run;
      next = run.end;
    }
  }

  /** The parts of an interval that no run covers. */
  gaps({ start, end }: NameInterval): readonly NameInterval[] {
    const gaps: NameInterval[] = [];
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

  /** Runs that cover a gap, in their order. */
  insert(runs: readonly CachedRun[]): void {
    const [first] = runs;
    if (first !== undefined) this.#runs.splice(countStartingThrough(this.#runs, first.start), 0, ...runs);
  }

  /** Others stand for a run, or none. */
  replace(run: CachedRun, runs: readonly CachedRun[]): void {
    this.#runs.splice(countStartingThrough(this.#runs, run.start) - 1, 1, ...runs);
  }

  /** The run before one, where they touch. */
  adjacentBefore(run: CachedRun): CachedRun | undefined {
    const before = this.#runs[countStartingThrough(this.#runs, run.start) - 2];
    return before?.end === run.start ? before : undefined;
  }

  clear(): void {
    this.#runs = [];
  }
}
