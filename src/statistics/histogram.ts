/** A histogram as plain data, which can be sent between threads. */
export interface HistogramCounts {
  /** The upper bounds of the buckets, ascending. A bucket includes its bound. */
  readonly bounds: readonly number[];
  /**
   * The number of values in each bucket, not cumulated. The last bucket has no bound, so there is
   * one more than `bounds`.
   */
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * Counts values by size in plain numbers. Every call writes to it, so text is made only on request.
 */
export class Histogram implements HistogramCounts {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += value;
  }

  /** A copy of the current counts. */
  snapshot(): HistogramCounts {
    return { bounds: this.bounds, counts: [...this.counts], sum: this.sum };
  }
}

/** The sum of two histograms with the same bounds. */
export function addedHistograms(one: HistogramCounts, other: HistogramCounts): HistogramCounts {
  const counts = one.counts.map((count, index) => count + (other.counts[index] ?? 0));
  return { bounds: one.bounds, counts, sum: one.sum + other.sum };
}

/**
 * What was counted between two snapshots of one histogram. A histogram that began again in between
 * counts as it is: a database thread that restarts begins with zeros.
 */
export function countedBetween(earlier: HistogramCounts, later: HistogramCounts): HistogramCounts {
  const counts = later.counts.map((count, index) => count - (earlier.counts[index] ?? 0));
  if (counts.some((count) => count < 0)) return later;
  return { bounds: later.bounds, counts, sum: later.sum - earlier.sum };
}

/** The number of values. */
export function valueCount({ counts }: HistogramCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Bounds, each twice the one before. */
export function doublingBounds(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first * 2 ** index);
}
