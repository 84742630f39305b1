import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { SparseLog } from '../kit/sparse-log.ts';
import type { Logger } from '../logger.ts';
import { tracingLimits } from './tracing-limits.ts';

/**
 * Sends spans to the collector and logs failures, at most a line a minute. A message that fails is
 * dropped: a collector that is away must cost neither memory nor time.
 */
export class ReportingExporter implements SpanExporter {
  readonly #collector: SpanExporter;
  readonly #address: string;
  readonly #log: SparseLog;

  constructor(collector: SpanExporter, { address, logger }: { readonly address: string; readonly logger: Logger }) {
    this.#collector = collector;
    this.#address = address;
    this.#log = new SparseLog({
      logger,
      message: 'cannot send traces to the collector',
      linesMax: 1,
      intervalMs: tracingLimits.failureLinesIntervalMs,
    });
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#collector.export(spans, ({ code, error }) => {
      if (code === ExportResultCode.FAILED) this.#report(spans.length, error);
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.#collector.shutdown();
  }

  #report(droppedSpans: number, error: Error | undefined): void {
    this.#log.write(() => ({
      address: this.#address,
      droppedSpans,
      reason: error?.message ?? 'unknown',
      advice: 'start an OpenTelemetry collector there, or correct --distributed-tracing-address; requests are served',
    }));
  }
}
