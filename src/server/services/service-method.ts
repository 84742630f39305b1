import type { MethodContract } from '../../wire/service.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import type { Call, Message, MessageStream, Method } from '../transport/grpc/method.ts';

type UnaryMethod = Extract<Method, { readonly kind: 'unary' }>;

type Contract<Request> = Pick<MethodContract<Request, unknown>, 'path' | 'request'>;

export interface Parsing<Request, Operation> {
  /** By default, a request that is not a protobuf message gets the same error as in grpc-go. */
  readonly decode?: (bytes: Uint8Array) => Request;
  /**
   * Called before `answer`. Bytes of a request are a view of everything that arrived with it, and
   * an async function keeps its parameters while it waits. So `parse` copies the bytes that it
   * returns.
   */
  readonly parse: (request: Request) => Operation;
}

export interface UnaryOptions<Request, Operation> extends Parsing<Request, Operation> {
  /** `size`: the bytes of the request. */
  readonly answer: (operation: Operation, call: Call, size: number) => Promise<Message>;
}

/** A method with one request of numbers and texts, and one reply. */
export function unary<Request>(contract: Contract<Request>, answer: UnaryOptions<Request, Request>['answer']): Method {
  return parsedUnary(contract, { parse: (request) => request, answer });
}

/** A method with one request, which contains bytes, and one reply. */
export function parsedUnary<Request, Operation>(
  { path, request: codec }: Contract<Request>,
  { decode = (bytes) => decodeRequest(codec, bytes), parse, answer }: UnaryOptions<Request, Operation>,
): UnaryMethod {
  return { path, kind: 'unary', handle: (bytes, call) => answer(parse(decode(bytes)), call, bytes.length) };
}

/** A method with one request and a stream of replies. */
export function serverStream<Request, Operation>(
  { path, request: codec }: Contract<Request>,
  {
    parse,
    answer,
  }: {
    readonly parse: Parsing<Request, Operation>['parse'];
    readonly answer: (operation: Operation, stream: MessageStream, call: Call) => Promise<void>;
  },
): Method {
  return {
    path,
    kind: 'serverStream',
    handle: (bytes, stream, call) => answer(parse(decodeRequest(codec, bytes)), stream, call),
  };
}
