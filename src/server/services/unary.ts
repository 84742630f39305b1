import type { MessageCodec } from '../../wire/message-codec.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';

/** A method of one request and one reply. A request that is no protobuf message is answered as grpc-go does. */
export function unary<Request>(
  { path, request: codec }: { readonly path: string; readonly request: Pick<MessageCodec<Request>, 'decode'> },
  handle: (request: Request, call: Call, bytes: Uint8Array) => Promise<Message>,
): Method {
  return { path, kind: 'unary', handle: (bytes, call) => handle(codec.decode(bytes), call, bytes) };
}
