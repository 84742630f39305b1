/**
 * Traces over OTLP with OpenTelemetry's own packages. The span of a call has the name and the
 * attributes that otelgrpc gives it in etcd 3.7, and the address of the client.
 */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type Span,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { TracingConfig } from '../config/config.ts';
import { StatusCode } from '../errors.ts';
import type { CallTrace, DroppedSpans as DroppedCounts, Trace, TracedCall, TracePart, Tracer } from '../kit/trace.ts';
import { within } from '../kit/within.ts';
import type { Logger } from '../logger.ts';
import { tineVersion } from '../version.ts';
import { DroppedSpans } from './dropped-spans.ts';
import { SpanQueue } from './span-queue.ts';
import { tracingLimits } from './tracing-limits.ts';
import { WallClock } from './wall-clock.ts';

type OtelTracer = ReturnType<BasicTracerProvider['getTracer']>;

const perMillion = 1_000_000;

const headers: TextMapGetter<TracedCall> = {
  get: (call, name) => call.header(name),
  keys: () => [],
};

export class OtlpTracing implements Tracer {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: OtelTracer;
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #clock = new WallClock();
  readonly #dropped: DroppedSpans;

  constructor(config: TracingConfig, logger: Logger) {
    setGlobalErrorHandler((error) => logger.debug({ err: error }, 'tracing failed'));
    this.#dropped = new DroppedSpans({ address: config.address, logger });
    this.#provider = openProvider(config, this.#dropped);
    this.#tracer = this.#provider.getTracer('tine', tineVersion());
  }

  get droppedSpans(): DroppedCounts {
    return this.#dropped.counts;
  }

  begin(call: TracedCall): CallTrace | undefined {
    const parent = this.#propagator.extract(ROOT_CONTEXT, call, headers);
    const offsetMs = this.#clock.offsetMs();
    const span = this.#tracer.startSpan(
      call.path.slice(1),
      { kind: SpanKind.SERVER, startTime: offsetMs + performance.now() },
      parent,
    );
    if (!span.isRecording()) return undefined;
    span.setAttributes(callAttributes(call));
    return new OtlpCallTrace(span as Span, { tracer: this.#tracer, offsetMs });
  }

  /** Sends the spans that wait, in a bounded time. */
  async close(): Promise<void> {
    await within(tracingLimits.flushMsMax, this.#provider.shutdown(), () => {});
  }
}

function openProvider({ address, serviceName, instanceId, samplesPerMillion }: TracingConfig, dropped: DroppedSpans) {
  const collector = new OTLPTraceExporter({
    url: `http://${address}`,
    timeoutMillis: tracingLimits.sendTimeoutMs,
  });
  return new BasicTracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: serviceName,
      [ATTR_SERVICE_VERSION]: tineVersion(),
      ...(instanceId !== undefined && { [ATTR_SERVICE_INSTANCE_ID]: instanceId }),
    }),
    // As in etcd: a caller that samples decides, and the rate counts for all other calls.
    sampler: new ParentBasedSampler({
      root:
        samplesPerMillion === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(samplesPerMillion / perMillion),
    }),
    spanProcessors: [new SpanQueue(collector, dropped)],
  });
}

function callAttributes({ path, peer, local }: TracedCall): Attributes {
  return {
    'rpc.system.name': 'grpc',
    'rpc.method': path.slice(1),
    ...addressAttributes('server', local),
    ...addressAttributes('network.peer', peer),
  };
}

/** Of `127.0.0.1:50112`, `[::1]:50112`, or the name of a Unix socket. */
function addressAttributes(prefix: 'server' | 'network.peer', address: string): Attributes {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !(port > 0)) return { [`${prefix}.address`]: address };
  return { [`${prefix}.address`]: address.slice(0, colon).replaceAll(/[[\]]/g, ''), [`${prefix}.port`]: port };
}

/** The tracer, and the difference of its clock to `performance.now()`. */
interface Recorder {
  readonly tracer: OtelTracer;
  readonly offsetMs: number;
}

class OtlpTrace implements Trace {
  readonly spanContext: SpanContext;
  readonly #recorder: Recorder;
  readonly #context: Context;

  constructor(spanContext: SpanContext, recorder: Recorder) {
    this.spanContext = spanContext;
    this.#recorder = recorder;
    this.#context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  }

  part({ name, startMs, endMs, attributes, link }: TracePart): OtlpTrace {
    const { tracer, offsetMs } = this.#recorder;
    const span = tracer.startSpan(
      name,
      {
        startTime: offsetMs + startMs,
        ...(attributes !== undefined && { attributes }),
        ...(link instanceof OtlpTrace && { links: [{ context: link.spanContext }] }),
      },
      this.#context,
    );
    span.end(offsetMs + endMs);
    return new OtlpTrace(span.spanContext(), this.#recorder);
  }
}

/** The names of gRPC's codes in its specification, such as `INVALID_ARGUMENT`. */
const statusNames: ReadonlyMap<number, string> = new Map(
  Object.entries(StatusCode).map(([name, code]) => [code, specifiedName(name)]),
);

function specifiedName(name: string): string {
  if (name === 'canceled') return 'CANCELLED';
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Codes that are faults of the server, as otelgrpc counts them. */
const serverFaults: ReadonlySet<number> = new Set([
  StatusCode.unknown,
  StatusCode.deadlineExceeded,
  StatusCode.unimplemented,
  StatusCode.internal,
  StatusCode.unavailable,
  StatusCode.dataLoss,
]);

class OtlpCallTrace extends OtlpTrace implements CallTrace {
  readonly #span: Span;
  readonly #offsetMs: number;

  constructor(span: Span, recorder: Recorder) {
    super(span.spanContext(), recorder);
    this.#span = span;
    this.#offsetMs = recorder.offsetMs;
  }

  end({ code, message }: { readonly code: number; readonly message: string }): void {
    this.#span.setAttribute('rpc.response.status_code', statusNames.get(code) ?? `CODE(${code})`);
    if (serverFaults.has(code)) this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
    this.#span.end(this.#offsetMs + performance.now());
  }
}
