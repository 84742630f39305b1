import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { DroppedSpans } from './dropped-spans.ts';
import { tracingLimits } from './tracing-limits.ts';

/**
 * Holds spans until the collector receives them, in messages. It has the bound itself: the
 * library's own queue does not count what it drops. A message that fails is dropped, because a
 * collector that is away must cost neither memory nor time.
 */
export class SpanQueue implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #dropped: DroppedSpans;
  /** Spans that are not in a message yet. */
  #waiting = 0;

  constructor(collector: SpanExporter, dropped: DroppedSpans) {
    this.#dropped = dropped;
    const exporter: SpanExporter = {
      export: (spans, done) => this.#send(spans, collector, done),
      shutdown: () => collector.shutdown(),
    };
    this.#batches = new BatchSpanProcessor(exporter, {
      maxQueueSize: tracingLimits.waitingSpansMax,
      maxExportBatchSize: tracingLimits.messageSpansMax,
      scheduledDelayMillis: tracingLimits.sendIntervalMs,
      exportTimeoutMillis: tracingLimits.sendTimeoutMs + 1_000,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= tracingLimits.waitingSpansMax) {
      this.#dropped.queueFull();
      return;
    }
    this.#waiting += 1;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  #send(spans: ReadableSpan[], collector: SpanExporter, done: (result: ExportResult) => void): void {
    this.#waiting -= spans.length;
    collector.export(spans, ({ code, error }) => {
      if (code === ExportResultCode.FAILED) this.#dropped.refused(spans.length, error);
      done({ code: ExportResultCode.SUCCESS });
    });
  }
}
