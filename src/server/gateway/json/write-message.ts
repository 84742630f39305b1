import { Reader } from '../../../wire/reader.ts';
import type { FieldSchema, MessageSchema, ScalarSchema } from './message-schema.ts';

/** A message that is being written. */
interface OpenMessage {
  readonly schema: MessageSchema;
  /** The end of the outer message, for the reader. */
  readonly outerEnd: number;
  /** The character before the next member: a brace or a comma. */
  separator: '{' | ',';
  /** The list whose element was written last. */
  list: FieldSchema | undefined;
}

/**
 * Writes the JSON of a protobuf message like Go's protojson, with the names of the schema and
 * without default values: bytes in base64, 64-bit numbers as strings, enums by name. It reads the
 * bytes once, in slices, so that a large list does not block the event loop. The bytes must be this
 * server's own, or as well-formed: a field of one value occurs once, and the elements of a list are
 * together.
 */
export class MessageWriter {
  readonly #reader: Reader;
  readonly #open: OpenMessage[];
  #text = '';

  constructor(bytes: Uint8Array, schema: MessageSchema) {
    this.#reader = new Reader(bytes);
    this.#open = [{ schema, outerEnd: 0, separator: '{', list: undefined }];
  }

  get isDone(): boolean {
    return this.#open.length === 0;
  }

  /** The next part: about `lengthMin` characters, or the rest. */
  next(lengthMin: number): string {
    this.#text = '';
    while (this.#text.length < lengthMin) {
      const message = this.#open.at(-1);
      if (message === undefined) break;
      const tag = this.#reader.tag();
      if (tag === 0) this.#close(message);
      else this.#field(message, tag);
    }
    return this.#text;
  }

  #field(message: OpenMessage, tag: number): void {
    const field = message.schema.byTag.get(tag);
    if (field === undefined) {
      this.#reader.skip(tag);
      return;
    }
    if (field.value.kind === 'message') {
      this.#begin(message, field);
      const schema = field.value.schema();
      this.#open.push({ schema, outerEnd: this.#reader.enter(), separator: '{', list: undefined });
    } else if (field.isPacked) {
      const outerEnd = this.#reader.enter();
      while (this.#reader.position < this.#reader.end) this.#scalar(message, field, field.value);
      this.#reader.leave(outerEnd);
    } else {
      this.#scalar(message, field, field.value);
    }
  }

  #scalar(message: OpenMessage, field: FieldSchema, schema: ScalarSchema): void {
    const { text, isDefault } = scalarText(this.#reader, schema);
    if (isDefault && !field.isList && field.oneof === undefined) return;
    this.#begin(message, field);
    this.#text += text;
  }

  /** Writes the text before a value: the name of the field, or a comma between two elements. */
  #begin(message: OpenMessage, field: FieldSchema): void {
    if (message.list === field) {
      this.#text += ',';
      return;
    }
    this.#closeList(message);
    this.#text += `${message.separator}"${field.name}":`;
    message.separator = ',';
    if (!field.isList) return;
    message.list = field;
    this.#text += '[';
  }

  #closeList(message: OpenMessage): void {
    if (message.list === undefined) return;
    this.#text += ']';
    message.list = undefined;
  }

  #close(message: OpenMessage): void {
    this.#closeList(message);
    this.#text += message.separator === '{' ? '{}' : '}';
    this.#open.pop();
    if (this.#open.length > 0) this.#reader.leave(message.outerEnd);
  }
}

interface ScalarText {
  readonly text: string;
  readonly isDefault: boolean;
}

function scalarText(reader: Reader, schema: ScalarSchema): ScalarText {
  switch (schema.kind) {
    case 'bool': {
      const value = reader.bool();
      return { text: String(value), isDefault: !value };
    }
    case 'bytes': {
      const bytes = reader.bytes() as Buffer;
      return { text: `"${bytes.toString('base64')}"`, isDefault: bytes.length === 0 };
    }
    case 'string': {
      const text = reader.string();
      return { text: JSON.stringify(text), isDefault: text === '' };
    }
    case 'int64':
      return numberText(reader.int64Exact());
    case 'uint64':
      return numberText(reader.uint64Exact());
    case 'int32':
      return numberText(reader.int32());
    case 'uint32':
      return numberText(reader.uint32());
    case 'enum': {
      const number = reader.int32();
      const name = schema.names.get(number);
      return { text: name === undefined ? String(number) : `"${name}"`, isDefault: number === 0 };
    }
  }
}

/** 64-bit numbers are strings, because JavaScript's numbers have 53 bits. */
function numberText(value: number | bigint): ScalarText {
  const text = typeof value === 'bigint' ? `"${value}"` : String(value);
  return { text, isDefault: value === 0 || value === 0n };
}
