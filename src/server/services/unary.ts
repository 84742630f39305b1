import type { MessageCodec } from '../../wire/message-codec.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';

/**
 * A method with one request and one reply. A request that is not a protobuf message gets the same
 * error as in grpc-go.
 */
export function unary<Request>(
  { path, request: codec }: { readonly path: string; readonly request: Pick<MessageCodec<Request>, 'decode'> },
  handle: (request: Request, call: Call, bytes: Uint8Array) => Promise<Message>,
): Method {
  return { path, kind: 'unary', handle: (bytes, call) => handle(codec.decode(bytes), call, bytes) };
}
