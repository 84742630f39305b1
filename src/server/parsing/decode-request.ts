import type { MessageCodec } from '../../wire/message-codec.ts';
import { Reader } from '../../wire/reader.ts';
import { serverLimits } from '../server-limits.ts';

/**
 * Decodes a request. The number of its fields is bounded: a million empty fields fit into a message
 * and block the event loop for 0.1 to 0.5 s.
 *
 * @throws WireError
 */
export function decodeRequest<Message>(
  codec: Pick<MessageCodec<Message>, 'create' | 'read'>,
  bytes: Uint8Array,
  { fieldsMax }: { readonly fieldsMax: number } = { fieldsMax: serverLimits.requestFieldsMax },
): Message {
  return codec.read(new Reader(bytes, fieldsMax), codec.create());
}
