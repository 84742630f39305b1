import type { MessageCodec } from './message-codec.ts';

/** A gRPC service's contract. */
export interface ServiceContract {
  /** For example `etcdserverpb.KV`. */
  readonly name: string;
  readonly methods: Readonly<Record<string, MethodContract<unknown, unknown>>>;
}

/** One remote procedure's contract. */
export interface MethodContract<Request, Response> {
  readonly name: string;
  /** The HTTP/2 path. */
  readonly path: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
  /** The client sends any number of requests. */
  readonly requestStream: boolean;
  /** The server sends any number of responses. */
  readonly responseStream: boolean;
}
