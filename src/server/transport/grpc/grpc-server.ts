import { StatusCode } from '../../../errors.ts';
import type { Logger } from '../../../logger.ts';
import { FaultLog } from '../../monitoring/fault-log.ts';
import { SlowCalls } from '../../monitoring/slow-calls.ts';
import { type Status, statusOf } from '../../replies/status.ts';
import { serverLimits } from '../../server-limits.ts';
import type { Arrivals } from '../budget/arrivals.ts';
import { malformedBinaryHeader } from './binary-header.ts';
import type { HeaderField, HttpStream, HttpStreamListener } from './call-stream.ts';
import { Deadlines } from './deadlines.ts';
import { acceptedEncodings, isKnownEncoding } from './decompress.ts';
import { GrpcCall } from './grpc-call.ts';
import { MessageTurns } from './message-turns.ts';
import type { MethodTable } from './method-table.ts';
import { parseTimeoutMs } from './parse-timeout.ts';
import { type RequestHead, requestHead } from './request-head.ts';

export interface GrpcServerOptions {
  readonly methods: MethodTable;
  readonly logger: Logger;
  /** The largest message that is received. */
  readonly messageBytesMax: number;
  /** Unary calls that take longer are logged. */
  readonly slowCallMs: number;
  readonly arrivals: Arrivals;
}

/** Turns HTTP/2 streams into calls, and knows those that are under way. */
export class GrpcServer {
  readonly deadlines = new Deadlines();
  readonly messageTurns = new MessageTurns();
  readonly messageBytesMax: number;
  readonly outgoingBytesMark = serverLimits.outgoingBytesMark;
  readonly slowCalls: SlowCalls;
  readonly #methods: MethodTable;
  readonly #log: FaultLog;
  readonly #calls = new Set<GrpcCall>();
  #isStopping = false;
  #onIdle: (() => void) | undefined;

  constructor({ methods, logger, messageBytesMax, slowCallMs, arrivals }: GrpcServerOptions) {
    this.slowCalls = new SlowCalls({ logger, thresholdMs: slowCallMs });
    this.#methods = methods;
    this.#log = new FaultLog(logger);
    this.messageBytesMax = messageBytesMax;
    arrivals.watch(this.#calls);
  }

  /** A new stream with its headers. Undefined: it was answered. */
  accept(stream: HttpStream): HttpStreamListener | undefined {
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
    const call = new GrpcCall(this, stream, entry, head.encoding);
    this.#calls.add(call);
    call.start(timeoutMs);
    if (this.#isStopping && call.isOpenEnded) call.stop();
    return call;
  }

  statusOf(error: unknown, { isStream }: { readonly isStream: boolean }): Status {
    return statusOf(error, { isStream, log: this.#log });
  }

  /** A bug outside of any call. */
  reportFault(error: unknown): void {
    this.#log.internal(error);
  }

  forget(call: GrpcCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#onIdle?.();
  }

  /** Ends calls that have no end of their own, lets the others end, and resolves when there are none. */
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

/** Why a stream is no gRPC call, in grpc-go's words. */
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

function isGrpc(contentType: string): boolean {
  return contentType === 'application/grpc' || /^application\/grpc[+;]/.test(contentType);
}
