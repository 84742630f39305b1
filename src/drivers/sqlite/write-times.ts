import { commitBoundsMs } from '../../statistics/bounds.ts';
import { Histogram } from '../../statistics/histogram.ts';
import type { TransactionTimes } from './transactions.ts';

/** Durations of write transactions and of their commits, in ms. */
export class WriteTimes {
  readonly writeTransactions = new Histogram(commitBoundsMs);
  readonly commits = new Histogram(commitBoundsMs);

  observe({ startMs, commitMs, endMs }: TransactionTimes): void {
    this.writeTransactions.observe(endMs - startMs);
    this.commits.observe(endMs - commitMs);
  }
}
