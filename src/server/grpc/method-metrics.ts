import type { StatusCode } from '../../errors.ts';
import type { Method } from '../transport.ts';

/** Upper bounds of the buckets of the latency histogram, in milliseconds: prometheus's usual ones, and two below them. */
export const latencyBucketsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const;

/**
 * What is counted of one method's calls. Plain numbers, made into prometheus's text when it asks: this is written to in
 * every call.
 */
export class MethodMetrics {
  readonly method: Method;
  started = 0;
  readonly handled: number[] = Array.from({ length: 17 }, () => 0);
  /** Calls by bucket, not cumulated; the last bucket has no bound. */
  readonly latencies: number[] = Array.from({ length: latencyBucketsMs.length + 1 }, () => 0);
  latencySumMs = 0;

  constructor(method: Method) {
    this.method = method;
  }

  /** Times are `performance.now()`. */
  end(code: StatusCode, startMs: number): void {
    const latencyMs = performance.now() - startMs;
    let bucket = 0;
    while (latencyMs > (latencyBucketsMs[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    this.latencies[bucket] = (this.latencies[bucket] ?? 0) + 1;
    this.latencySumMs += latencyMs;
    this.handled[code] = (this.handled[code] ?? 0) + 1;
  }
}
