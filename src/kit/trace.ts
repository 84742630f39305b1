/**
 * The parts of a request that is traced: its time in a queue, in a batch, in a statement. A request
 * that is not traced has no `Trace`. All times are of `performance.now()`.
 */
export interface TracePart {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** A part of another trace that did the same work. */
  readonly link?: Trace | undefined;
}

export interface Trace {
  /** Records a part that has ended. Returns it, so that its own parts can be recorded in it. */
  part(part: TracePart): Trace;
}

/** The trace of a call. */
export interface CallTrace extends Trace {
  /** The call has ended. `code` is gRPC's. */
  end(status: { readonly code: number; readonly message: string }): void;
}

/** The facts of a call with which its trace begins. */
export interface TracedCall {
  /** `/etcdserverpb.KV/Put`. */
  readonly path: string;
  /** `host:port`, or another name of the client's socket. */
  readonly peer: string;
  /** The address of this server to which the client connected, in the same form. */
  readonly local: string;
  /** A header of the request by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Why a span is dropped: too many wait for the collector, or the collector does not accept them.
 */
export type SpanDropReason = 'queue' | 'collector';

/** Spans that were dropped since the start. */
export type DroppedSpans = Readonly<Record<SpanDropReason, number>>;

/** Begins traces. */
export interface Tracer {
  readonly droppedSpans: DroppedSpans;
  /** Undefined: the call is not sampled. */
  begin(call: TracedCall): CallTrace | undefined;
}
