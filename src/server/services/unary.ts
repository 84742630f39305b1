import type { MethodContract } from '../../wire/service.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';

/**
 * A method with one request and one reply. A request that is not a protobuf message gets the same
 * error as in grpc-go.
 */
export function unary<Request>(
  { path, request: codec }: Pick<MethodContract<Request, unknown>, 'path' | 'request'>,
  handle: (request: Request, call: Call, bytes: Uint8Array) => Promise<Message>,
  decode: (bytes: Uint8Array) => Request = (bytes) => decodeRequest(codec, bytes),
): Method {
  return { path, kind: 'unary', handle: (bytes, call) => handle(decode(bytes), call, bytes) };
}
