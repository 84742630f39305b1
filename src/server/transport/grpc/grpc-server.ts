import { StatusCode } from '../../../errors.ts';
import type { CallTrace, Tracer } from '../../../kit/trace.ts';
import type { RequestTimeouts } from '../budget/request-timeouts.ts';
import { type HeaderField, headerValue } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import { transportLimits } from '../transport-limits.ts';
import { malformedBinaryHeader } from './binary-header.ts';
import type { CallStream } from './call-stream.ts';
import { Deadlines } from './deadlines.ts';
import { acceptedEncodings, isKnownEncoding } from './decompress.ts';
import { type CallServer, GrpcCall, type OwnStatuses, type SlowCallLog } from './grpc-call.ts';
import { Http2CallStream } from './http2-call-stream.ts';
import { MessageTurns } from './message-turns.ts';
import type { MethodTable } from './method-table.ts';
import { parseTimeoutMs } from './parse-timeout.ts';
import { type RequestHead, requestHead } from './request-head.ts';
import { GrpcError, type Status } from './status.ts';

export interface GrpcServerOptions {
  readonly methods: MethodTable;
  /** The largest message that is received. */
  readonly messageBytesMax: number;
  readonly slowCalls: SlowCallLog;
  /** The status of a call whose method failed. */
  readonly statusOf: (error: unknown, options: { readonly isStream: boolean }) => Status;
  readonly statuses: OwnStatuses;
  /** A bug outside of any call. */
  readonly onFault: (error: unknown) => void;
  readonly requestTimeouts: RequestTimeouts;
  /** Undefined: no call is traced. */
  readonly tracer: Tracer | undefined;
}

/** Makes calls from HTTP/2 streams, and keeps the list of open calls. */
export class GrpcServer implements CallServer {
  readonly deadlines = new Deadlines();
  readonly messageTurns = new MessageTurns();
  readonly messageBytesMax: number;
  readonly outgoingBytesMark = transportLimits.outgoingBytesMark;
  readonly slowCalls: SlowCallLog;
  readonly statuses: OwnStatuses;
  readonly #methods: MethodTable;
  readonly #options: GrpcServerOptions;
  readonly #calls = new Set<GrpcCall>();
  #isStopping = false;
  #onIdle: (() => void) | undefined;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#methods = options.methods;
    this.messageBytesMax = options.messageBytesMax;
    this.slowCalls = options.slowCalls;
    this.statuses = options.statuses;
    options.requestTimeouts.watch(this.#calls);
  }

  /** Takes a new HTTP/2 stream. Undefined: the stream is answered already. */
  acceptHttp2(stream: Http2Stream): StreamListener | undefined {
    return this.accept(new Http2CallStream(stream));
  }

  /** Takes a new stream with its headers. Undefined: the stream is answered already. */
  accept(stream: CallStream): StreamListener | undefined {
    const head = requestHead(stream.fields);
    const timeoutMs = head.timeout === undefined ? undefined : parseTimeoutMs(head.timeout);
    const refusal = refusalOf(head, { fields: stream.fields, timeoutMs });
    if (refusal !== undefined) {
      stream.end(refusal.status, refusal);
      return undefined;
    }
    const entry = this.#methods.find(head.path);
    if (entry === undefined) {
      stream.end(this.#methods.unknown(head.path));
      return undefined;
    }
    const call = new GrpcCall(this, stream, { entry, encoding: head.encoding, trace: this.#beginTrace(head, stream) });
    this.#calls.add(call);
    call.start(timeoutMs);
    if (this.#isStopping && call.isOpenEnded) call.stop();
    return call;
  }

  #beginTrace({ path }: RequestHead, stream: CallStream): CallTrace | undefined {
    const { tracer } = this.#options;
    if (tracer === undefined) return undefined;
    const { fields, peer, local } = stream;
    return tracer.begin({ path, peer, local, header: (name) => headerValue(fields, name) });
  }

  statusOf(error: unknown, { isStream }: { readonly isStream: boolean }): Status {
    return error instanceof GrpcError ? error.status : this.#options.statusOf(error, { isStream });
  }

  /** A bug outside of any call. */
  reportFault(error: unknown): void {
    this.#options.onFault(error);
  }

  forget(call: GrpcCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#onIdle?.();
  }

  /** Ends the open-ended calls, lets the other calls finish, and resolves when no call is left. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const call of this.#calls) {
      if (call.isOpenEnded) call.stop();
    }
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

interface Refusal {
  readonly status: Status;
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a stream is not a gRPC call, in grpc-go's words. */
function refusalOf(
  { contentType, method, timeout, encoding }: RequestHead,
  { fields, timeoutMs }: { readonly fields: readonly HeaderField[]; readonly timeoutMs: number | undefined },
): Refusal | undefined {
  if (!isGrpc(contentType)) {
    const message = `invalid gRPC request content-type ${JSON.stringify(contentType)}`;
    return { status: { code: StatusCode.invalidArgument, message }, httpStatus: 415 };
  }
  if (method !== 'POST') {
    const message = `Received a HEADERS frame with :method ${JSON.stringify(method)} which should be POST`;
    return { status: { code: StatusCode.internal, message }, httpStatus: 405 };
  }
  if (timeout !== undefined && timeoutMs === undefined) {
    const message = `malformed grpc-timeout: ${JSON.stringify(timeout)}`;
    return { status: { code: StatusCode.internal, message }, httpStatus: 400 };
  }
  const malformedText = malformedBinaryHeader(fields);
  if (malformedText !== undefined) {
    return { status: { code: StatusCode.internal, message: malformedText }, httpStatus: 400 };
  }
  if (!isKnownEncoding(encoding)) {
    const message = `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`;
    return {
      status: { code: StatusCode.unimplemented, message },
      headers: { 'grpc-accept-encoding': acceptedEncodings },
    };
  }
  return undefined;
}

/** Whether a request is for the gRPC server, which checks the rest of the content type itself. */
export function isGrpcRequest({ fields }: Pick<CallStream, 'fields'>): boolean {
  return headerValue(fields, 'content-type')?.includes('application/grpc') ?? false;
}

function isGrpc(contentType: string): boolean {
  return contentType === 'application/grpc' || /^application\/grpc[+;]/.test(contentType);
}
