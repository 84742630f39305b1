import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

type AttributeValue = string | number | boolean;

export interface ReceivedSpan {
  /** Ids in hexadecimal digits. Without a parent, `parentId` is empty. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: string;
  /** The attributes of the process that sent the span. */
  readonly resource: Readonly<Record<string, AttributeValue>>;
}

const definition = loadSync(join(import.meta.dirname, 'trace-service.proto'), {
  keepCase: true,
  defaults: true,
  enums: String,
  longs: String,
  oneofs: true,
});

/** A receiver of traces on a free port of 127.0.0.1. */
export class TraceReceiver {
  readonly address: string;
  readonly spans: ReceivedSpan[] = [];

  private constructor(address: string) {
    this.address = address;
  }

  /** Starts a receiver that is stopped after the test. */
  static async start(context: TestContext): Promise<TraceReceiver> {
    const server = new Server();
    const service = packageOf(loadPackageDefinition(definition), 'opentelemetry.proto.collector.trace.v1');
    let receiver: TraceReceiver | undefined;
    server.addService((service.TraceService as ServiceClientConstructor).service, {
      Export: (call: { request: WireRequest }, reply: (error: null, response: object) => void) => {
        receiver?.spans.push(...spansOf(call.request));
        reply(null, {});
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    receiver = new TraceReceiver(`127.0.0.1:${port}`);
    context.after(() => server.forceShutdown());
    return receiver;
  }

  /** The spans of a trace. */
  trace(traceId: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }
}

function packageOf(packages: GrpcObject, name: string): GrpcObject {
  return name.split('.').reduce((found, part) => found[part] as GrpcObject, packages);
}

interface WireAttribute {
  readonly key: string;
  readonly value: { readonly value: string } & Readonly<Record<string, AttributeValue>>;
}

interface WireRequest {
  readonly resource_spans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scope_spans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

interface WireSpan {
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
  readonly parent_span_id: Buffer;
  readonly name: string;
  readonly kind: string;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: readonly WireAttribute[];
  readonly links: readonly { readonly trace_id: Buffer; readonly span_id: Buffer }[];
  readonly status: { readonly code: string } | null;
}

function spansOf({ resource_spans }: WireRequest): readonly ReceivedSpan[] {
  return resource_spans.flatMap(({ resource, scope_spans }) =>
    scope_spans.flatMap(({ spans }) => spans.map((span) => received(span, attributesOf(resource.attributes)))),
  );
}

function received(span: WireSpan, resource: ReceivedSpan['resource']): ReceivedSpan {
  return {
    traceId: span.trace_id.toString('hex'),
    spanId: span.span_id.toString('hex'),
    parentId: span.parent_span_id.toString('hex'),
    name: span.name,
    kind: span.kind,
    startNs: BigInt(span.start_time_unix_nano),
    endNs: BigInt(span.end_time_unix_nano),
    attributes: attributesOf(span.attributes),
    links: span.links.map((link) => ({
      traceId: link.trace_id.toString('hex'),
      spanId: link.span_id.toString('hex'),
    })),
    status: span.status?.code ?? 'STATUS_CODE_UNSET',
    resource,
  };
}

function attributesOf(attributes: readonly WireAttribute[]): Readonly<Record<string, AttributeValue>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const found = value[value.value] as AttributeValue;
      return [key, value.value === 'int_value' ? Number(found) : found];
    }),
  );
}
