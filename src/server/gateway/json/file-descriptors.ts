import { Reader } from '../../../wire/reader.ts';
import { WireType } from '../../../wire/wire-type.ts';

/**
 * The parts of a FileDescriptorProto (google/protobuf/descriptor.proto) that JSON needs. Type names
 * are full, without a leading dot.
 */
export interface FileContent {
  readonly messages: readonly MessageDescriptor[];
  readonly enums: readonly EnumDescriptor[];
  readonly methods: readonly MethodDescriptor[];
}

export interface MessageDescriptor {
  readonly name: string;
  readonly fields: readonly FieldDescriptor[];
  readonly oneofs: readonly string[];
}

export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly isRepeated: boolean;
  /** A number of FieldDescriptorProto.Type. */
  readonly type: number;
  /** The type of a message or an enum; otherwise empty. */
  readonly typeName: string;
  /** The index of the field's oneof in its message. */
  readonly oneofIndex: number | undefined;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly values: readonly (readonly [name: string, number: number])[];
}

export interface MethodDescriptor {
  /** The gRPC path. */
  readonly path: string;
  readonly input: string;
  readonly output: string;
  readonly isClientStreaming: boolean;
  readonly isServerStreaming: boolean;
}

const labelRepeated = 3;

interface Declarations {
  readonly messages: MessageDescriptor[];
  readonly enums: EnumDescriptor[];
  readonly methods: MethodDescriptor[];
}

/** Reads an encoded FileDescriptorProto. */
export function readFileDescriptor(bytes: Uint8Array): FileContent {
  const declared: Declarations = { messages: [], enums: [], methods: [] };
  const file = fieldsOf(bytes);
  const scope = file.text(2);
  for (const message of file.messages(4)) readMessage(message, scope, declared);
  for (const each of file.messages(5)) declared.enums.push(readEnum(each, scope));
  for (const service of file.messages(6)) {
    const path = `/${scope}.${service.text(1)}`;
    for (const method of service.messages(2)) declared.methods.push(readMethod(method, path));
  }
  return declared;
}

function readMessage(message: Fields, scope: string, declared: Declarations): void {
  const name = `${scope}.${message.text(1)}`;
  declared.messages.push({
    name,
    fields: message.messages(2).map(readField),
    oneofs: message.messages(8).map((oneof) => `${name}.${oneof.text(1)}`),
  });
  for (const nested of message.messages(3)) readMessage(nested, name, declared);
  for (const each of message.messages(4)) declared.enums.push(readEnum(each, name));
}

function readField(field: Fields): FieldDescriptor {
  return {
    name: field.text(1),
    number: field.number(3) ?? 0,
    isRepeated: field.number(4) === labelRepeated,
    type: field.number(5) ?? 0,
    typeName: typeName(field.text(6)),
    oneofIndex: field.number(9),
  };
}

function readEnum(each: Fields, scope: string): EnumDescriptor {
  const values = each.messages(2).map((value) => [value.text(1), value.number(2) ?? 0] as const);
  return { name: `${scope}.${each.text(1)}`, values };
}

function readMethod(method: Fields, servicePath: string): MethodDescriptor {
  return {
    path: `${servicePath}/${method.text(1)}`,
    input: typeName(method.text(2)),
    output: typeName(method.text(3)),
    isClientStreaming: method.number(5) === 1,
    isServerStreaming: method.number(6) === 1,
  };
}

/** Full names are encoded with a leading dot. */
function typeName(text: string): string {
  return text.startsWith('.') ? text.slice(1) : text;
}

/** The fields of a message by number, to read a schema without a generated codec. */
interface Fields {
  text(field: number): string;
  number(field: number): number | undefined;
  messages(field: number): readonly Fields[];
}

function fieldsOf(bytes: Uint8Array): Fields {
  const values = new Map<number, (number | Uint8Array)[]>();
  const reader = new Reader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const value = readValue(reader, tag);
    if (value !== undefined) values.set(tag >>> 3, [...(values.get(tag >>> 3) ?? []), value]);
  }
  const of = (field: number) => values.get(field) ?? [];
  return {
    text: (field) => {
      const value = of(field).at(-1);
      return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
    },
    number: (field) => {
      const value = of(field).at(-1);
      return typeof value === 'number' ? value : undefined;
    },
    messages: (field) => of(field).flatMap((value) => (value instanceof Uint8Array ? [fieldsOf(value)] : [])),
  };
}

function readValue(reader: Reader, tag: number): number | Uint8Array | undefined {
  switch (tag & 7) {
    case WireType.varint:
      return reader.int64();
    case WireType.bytes:
      return reader.bytes();
    default:
      reader.skip(tag);
      return undefined;
  }
}
