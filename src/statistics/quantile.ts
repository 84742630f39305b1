import { type HistogramCounts, valueCount } from './histogram.ts';

/**
 * Estimates the value that a share of all values does not exceed, between 0 and 1. Inside a bucket
 * the values count as evenly spread, as in Prometheus's `histogram_quantile`. Values above the last
 * bound count as the last bound. NaN: there are no values.
 */
export function quantile(histogram: HistogramCounts, share: number): number {
  const { bounds, counts } = histogram;
  const rank = share * valueCount(histogram);
  if (rank === 0) return Number.NaN;
  let below = 0;
  for (const [index, upper] of bounds.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[index - 1] ?? 0;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1) ?? Number.NaN;
}
