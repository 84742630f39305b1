import type { Sample } from './sample.ts';

/** The result of a target in a phase. Times are in milliseconds. */
export interface Figure {
  readonly operationCount: number;
  readonly operationsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly errorCount: number;
  readonly firstError: string | undefined;
}

/** The samples of all threads as one figure. */
export function figureOf(samples: readonly Sample[]): Figure {
  const latencies = Float64Array.from(samples.flatMap((sample) => [...sample.latencies])).sort();
  const start = Math.min(...samples.map((sample) => sample.start));
  const end = Math.max(...samples.map((sample) => sample.end));
  const seconds = (end - start) / 1000;
  return {
    operationCount: latencies.length,
    operationsPerSecond: seconds > 0 ? latencies.length / seconds : 0,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: latencies.at(-1) ?? 0,
    errorCount: samples.reduce((sum, sample) => sum + sample.errorCount, 0),
    firstError: samples.find((sample) => sample.firstError !== undefined)?.firstError,
  };
}

/**
 * How many times better than the yardstick: by time where a phase measures time, otherwise by
 * throughput.
 */
export function ratioTo(yardstick: Figure, figure: Figure, measures: 'rate' | 'time'): number {
  return measures === 'time' ? yardstick.p50 / figure.p50 : figure.operationsPerSecond / yardstick.operationsPerSecond;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
