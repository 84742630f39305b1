import type { MethodContract } from '../wire/service.ts';
import type { Call, Message, Method } from './transport.ts';

/** A method of one request and one reply. A request that is no protobuf message is answered as grpc-go does. */
export function unary<Request>(
  { path, request: codec }: Pick<MethodContract<Request, unknown>, 'path' | 'request'>,
  handle: (request: Request, call: Call, bytes: Uint8Array) => Promise<Message>,
): Method {
  return { path, kind: 'unary', handle: (bytes, call) => handle(codec.decode(bytes), call, bytes) };
}
