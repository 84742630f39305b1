import { changeCount, type Row, type Statement } from '../sql/statement.ts';
import type { SlowStatement, StatementTotals } from './driver-statistics.ts';

/** The same as `StatementTotals`, while it is counted. */
export interface RunningTotals {
  readonly name: string;
  runs: number;
  ms: number;
  rows: number;
}

/** Times of statements by name. It is written to where they run, and asked by whoever wants to know. */
export class StatementMeter {
  readonly #slowMs: number;
  readonly #onSlow: (slow: SlowStatement) => void;
  readonly #byName = new Map<string, RunningTotals>();

  /** `onSlow` is told of each run that takes `slowMs` or longer. */
  constructor(options: { readonly slowMs: number; onSlow(slow: SlowStatement): void }) {
    this.#slowMs = options.slowMs;
    this.#onSlow = options.onSlow;
  }

  /** Where the runs of a statement are counted: to be kept by those who run it often. */
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
  }

  get all(): readonly StatementTotals[] {
    return [...this.#byName.values()];
  }
}

/** The totals of several meters together. */
export function addedByName(lists: readonly (readonly StatementTotals[])[]): readonly StatementTotals[] {
  const byName = new Map<string, StatementTotals>();
  for (const each of lists.flat()) {
    const { name, runs, ms, rows } = byName.get(each.name) ?? { name: each.name, runs: 0, ms: 0, rows: 0 };
    byName.set(name, { name, runs: runs + each.runs, ms: ms + each.ms, rows: rows + each.rows });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The rows that a statement returned or changed. */
export function rowCount({ returns }: Statement, rows: readonly Row[]): number {
  return returns === 'change' ? changeCount(rows) : rows.length;
}
