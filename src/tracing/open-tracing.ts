import type { Config } from '../config/config.ts';
import type { Tracer } from '../kit/trace.ts';
import type { Logger } from '../logger.ts';

/** A tracer that must be closed. */
export interface Tracing extends Tracer {
  /** Sends the spans that wait, in a bounded time. */
  close(): Promise<void>;
}

/**
 * Opens tracing if it is configured. OpenTelemetry's packages are loaded only then: they take 0.2 s
 * of processor time and 40 MiB.
 */
export async function openTracing({ tracing }: Pick<Config, 'tracing'>, logger: Logger): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  return new OtlpTracing(tracing, logger);
}
