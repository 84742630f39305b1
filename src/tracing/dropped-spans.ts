import { SparseLog } from '../kit/sparse-log.ts';
import type { DroppedSpans as Counts, SpanDropReason } from '../kit/trace.ts';
import type { Logger } from '../logger.ts';
import { tracingLimits } from './tracing-limits.ts';

/** Counts the spans that never reach the collector, and logs each reason at most once a minute. */
export class DroppedSpans {
  readonly #counts: Record<SpanDropReason, number> = { queue: 0, collector: 0 };
  readonly #address: string;
  readonly #logs: Readonly<Record<SpanDropReason, SparseLog>>;

  constructor({ address, logger }: { readonly address: string; readonly logger: Logger }) {
    this.#address = address;
    const rate = { logger, linesMax: 1, intervalMs: tracingLimits.failureLinesIntervalMs };
    this.#logs = {
      queue: new SparseLog({ ...rate, message: 'traces are incomplete: too many spans wait for the collector' }),
      collector: new SparseLog({ ...rate, message: 'cannot send traces to the collector' }),
    };
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** A span ended while `waitingSpansMax` others waited. */
  queueFull(): void {
    this.#counts.queue += 1;
    this.#logs.queue.write(() => ({
      address: this.#address,
      droppedSpans: this.#counts.queue,
      advice: 'lower --distributed-tracing-sampling-rate, or use a faster collector; requests are served',
    }));
  }

  /** The collector did not accept a message of `count` spans. */
  refused(count: number, error: Error | undefined): void {
    this.#counts.collector += count;
    this.#logs.collector.write(() => ({
      address: this.#address,
      droppedSpans: this.#counts.collector,
      reason: error?.message ?? 'unknown',
      advice: 'start an OpenTelemetry collector there, or correct --distributed-tracing-address; requests are served',
    }));
  }
}
