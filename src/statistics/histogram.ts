/** A histogram as plain data: it crosses threads as it is. */
export interface HistogramCounts {
  /** Upper bounds of the buckets, each with the bound itself in it, ascending. */
  readonly bounds: readonly number[];
  /** What was seen, by bucket, not cumulated; one more than bounds: the last bucket has none. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Counts values by size. Plain numbers, made into text when somebody asks: this is written to in every call. */
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

  /** What was seen so far, apart from what comes. */
  snapshot(): HistogramCounts {
    return { bounds: this.bounds, counts: [...this.counts], sum: this.sum };
  }
}

/** Two histograms with the same bounds, added. */
export function addedHistograms(one: HistogramCounts, other: HistogramCounts): HistogramCounts {
  const counts = one.counts.map((count, index) => count + (other.counts[index] ?? 0));
  return { bounds: one.bounds, counts, sum: one.sum + other.sum };
}

/** Bounds of which each is twice the one before. */
export function doublingBounds(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first * 2 ** index);
}
