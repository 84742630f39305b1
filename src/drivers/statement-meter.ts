import { changeCount, type Row, type Statement } from '../sql/statement.ts';
import type { StepLog } from '../statistics/step-log.ts';
import type { SlowStatement, StatementTotals } from './driver-statistics.ts';

/** The mutable form of `StatementTotals`. */
export interface RunningTotals {
  readonly name: string;
  runs: number;
  ms: number;
  rows: number;
}

/**
 * Counts and times of statements by name. The code that runs statements writes to it; metrics read
 * it.
 */
export class StatementMeter {
  readonly #slowMs: number;
  readonly #onSlow: (slow: SlowStatement) => void;
  readonly #byName = new Map<string, RunningTotals>();
  #steps: StepLog | undefined;

  /** `onSlow` is called for each run that takes `slowMs` or longer. */
  constructor(options: { readonly slowMs: number; onSlow(slow: SlowStatement): void }) {
    this.#slowMs = options.slowMs;
    this.#onSlow = options.onSlow;
  }

  /** The totals of a statement. Keep them where the statement runs often. */
  totalsOf(name: string): RunningTotals {
    let totals = this.#byName.get(name);
    if (totals === undefined) {
      totals = { name, runs: 0, ms: 0, rows: 0 };
      this.#byName.set(name, totals);
    }
    return totals;
  }

  record(totals: RunningTotals, ms: number, rows: number): void {
    totals.runs += 1;
    totals.ms += ms;
    totals.rows += rows;
    if (ms >= this.#slowMs) this.#onSlow({ name: totals.name, ms, rows });
    if (this.#steps !== undefined) this.#steps.add(totals.name, ms, rows);
  }

  /** Runs work of one transaction without a pause, and adds its statements to `steps`. */
  traced<Result>(steps: StepLog | undefined, work: () => Result): Result {
    this.#steps = steps;
    try {
      return work();
    } finally {
      this.#steps = undefined;
    }
  }

  get all(): readonly StatementTotals[] {
    return [...this.#byName.values()];
  }
}

/** The sums of several meters by statement name. */
export function addedByName(lists: readonly (readonly StatementTotals[])[]): readonly StatementTotals[] {
  const byName = new Map<string, StatementTotals>();
  for (const each of lists.flat()) {
    const { name, runs, ms, rows } = byName.get(each.name) ?? { name: each.name, runs: 0, ms: 0, rows: 0 };
    byName.set(name, { name, runs: runs + each.runs, ms: ms + each.ms, rows: rows + each.rows });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How many rows a statement returned or changed. */
export function rowCount({ returns }: Statement, rows: readonly Row[]): number {
  return returns === 'change' ? changeCount(rows) : rows.length;
}
