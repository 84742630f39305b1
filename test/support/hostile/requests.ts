import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import type { MessageInput } from '../../../src/wire/message-codec.ts';
import type { MethodContract } from '../../../src/wire/service.ts';
import { callHeaders, dataFrame, grpcMessage, headerFrames } from './frames.ts';

/** The keys that every target stores before an attack. */
export const storedKeys = { prefix: 'stored/', end: 'stored0', count: 1_000, valueBytes: 1_024 };

export const storedLargeKey = { key: 'large', valueBytes: 2 ** 20 };

/** A unary call as bytes, for a stream of any number. */
export type Request = (streamId: number) => Buffer;

export function requestOf<Message>(
  { path, request }: Pick<MethodContract<Message, unknown>, 'path' | 'request'>,
  message: MessageInput<Message>,
): Request {
  const headers = callHeaders(path);
  const body = grpcMessage(request.encode(message));
  return (streamId) =>
    Buffer.concat([
      headerFrames(streamId, headers, { endsStream: false }),
      dataFrame(streamId, body, { endsStream: true }),
    ]);
}

export const getRequest: Request = requestOf(KV.methods.range, { key: Buffer.from('one') });

/** A get of a megabyte. */
export const largeGetRequest: Request = requestOf(KV.methods.range, { key: Buffer.from(storedLargeKey.key) });

/** The same in a transaction that may write. */
export const largeReadInTransaction: Request = requestOf(KV.methods.txn, {
  success: [
    { request: { case: 'requestRange', value: { key: Buffer.from(storedLargeKey.key) } } },
    { request: { case: 'requestDeleteRange', value: { key: Buffer.from('nothing') } } },
  ],
});

const stored = { key: Buffer.from(storedKeys.prefix), rangeEnd: Buffer.from(storedKeys.end) };

/** A list of a megabyte. */
export const listRequest: Request = requestOf(KV.methods.range, stored);

export const countRequest: Request = requestOf(KV.methods.range, { ...stored, countOnly: true });

export function putOf(key: string, value: Buffer): Request {
  return requestOf(KV.methods.put, { key: Buffer.from(key), value });
}
