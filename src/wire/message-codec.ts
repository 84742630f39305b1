import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Encodes and decodes messages of one type. */
export interface MessageCodec<Message> {
  /** For example `etcdserverpb.RangeRequest`. */
  readonly typeName: string;
  /** A message with every field at its default. */
  create(): Message;
  /**
   * Decodes all of `bytes`. The `bytes` fields are not copied: they share memory with `bytes`.
   * Unknown fields are skipped. Throws `WireError` when the bytes are malformed.
   */
  decode(bytes: Uint8Array): Message;
  encode(message: MessageInput<Message>): Buffer;
  /** Reads fields up to `reader.end` into `message`, and returns it. */
  read(reader: Reader, message: Message): Message;
  /** Bytes of the encoded message, without a length before it. */
  size(message: MessageInput<Message>): number;
  /** Writes the message, without a length before it: exactly `size` bytes. */
  write(message: MessageInput<Message>, writer: Writer): void;
}

/** A message to encode. A missing or undefined field has its default. */
export type MessageInput<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? readonly MessageInput<Item>[]
    : T extends ReadonlyMap<infer Key, infer Value>
      ? ReadonlyMap<Key, MessageInput<Value>>
      : T extends { readonly case: infer Case; readonly value: infer Value }
        ? { readonly case: Case; readonly value: MessageInput<Value> }
        : { readonly [Field in keyof T]?: MessageInput<T[Field]> | undefined };

type Scalar = number | bigint | boolean | string | Uint8Array | undefined;
