import { assert } from '../../../errors.ts';
import { fileDescriptors } from '../../../wire/generated/descriptors.ts';
import { WireType } from '../../../wire/wire-type.ts';
import {
  type EnumDescriptor,
  type FieldDescriptor,
  type FileContent,
  type MessageDescriptor,
  type MethodDescriptor,
  readFileDescriptor,
} from './file-descriptors.ts';

/** A message type as its JSON needs it. */
export interface MessageSchema {
  readonly name: string;
  /** By its name in the schema, and by the camel-case form of it: both are taken. */
  readonly byName: ReadonlyMap<string, FieldSchema>;
  /** By the tag that stands before it on the wire: a field's number and its wire type. */
  readonly byTag: ReadonlyMap<number, FieldSchema>;
}

/** How a field's values are written. The names are protobuf's; errors name them. */
export type ScalarKind = 'bool' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'string' | 'bytes';

export interface FieldSchema {
  readonly name: string;
  /** The camel-case form. */
  readonly jsonName: string;
  /** Before it on the wire: its number and its wire type. */
  readonly tag: number;
  /** The same for a single value of a list of numbers, which stand together behind one length, or each for itself. */
  readonly valueTag: number;
  readonly isList: boolean;
  /** Numbers of a list that stand together behind one length. */
  readonly isPacked: boolean;
  /** Full name of the group of which one field at most is set. */
  readonly oneof: string | undefined;
  readonly value: ValueSchema;
}

export type ScalarSchema =
  | { readonly kind: ScalarKind }
  | {
      readonly kind: 'enum';
      readonly numbers: ReadonlyMap<string, number>;
      readonly names: ReadonlyMap<number, string>;
    };

export type ValueSchema =
  | ScalarSchema
  /** A function, because messages contain each other. */
  | { readonly kind: 'message'; readonly schema: () => MessageSchema };

/** A method as the gateway calls it. */
export interface MethodSchema {
  readonly kind: 'unary' | 'serverStream' | 'bidirectional';
  readonly request: MessageSchema;
  readonly response: MessageSchema;
}

/** Numbers of FieldDescriptorProto.Type; the wire contract has no others. */
const scalarKinds = new Map<number, ScalarKind>([
  [3, 'int64'],
  [4, 'uint64'],
  [5, 'int32'],
  [8, 'bool'],
  [9, 'string'],
  [12, 'bytes'],
  [13, 'uint32'],
]);
const messageType = 11;
const enumType = 14;

/** Read when they are first needed: a server whose gateway nobody uses does without. */
let loadedFiles: readonly FileContent[] | undefined;
const schemas = new Map<string, MessageSchema>();

/** The method of a gRPC path. @throws AssertionError when the wire contract has none */
export function methodSchema(path: string): MethodSchema {
  const method = find(
    (file) => file.methods,
    (each) => each.path === path,
    path,
  );
  return { kind: kindOf(method), request: messageSchema(method.input), response: messageSchema(method.output) };
}

/** The schema of a message, by its full name. @throws AssertionError when the wire contract has none */
export function messageSchema(name: string): MessageSchema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const message = find(
    (file) => file.messages,
    (each) => each.name === name,
    name,
  );
  const fields = message.fields.map((field) => fieldSchema(field, message));
  const schema: MessageSchema = {
    name,
    byName: new Map(fields.flatMap((field) => [[field.jsonName, field] as const, [field.name, field] as const])),
    byTag: new Map(fields.map((field) => [field.tag, field])),
  };
  schemas.set(name, schema);
  return schema;
}

function find<T>(listOf: (file: FileContent) => readonly T[], isIt: (each: T) => boolean, name: string): T {
  loadedFiles ??= fileDescriptors.map(({ base64 }) => readFileDescriptor(Buffer.from(base64, 'base64')));
  const found = loadedFiles.flatMap(listOf).find(isIt);
  assert(found !== undefined, `the wire contract has ${name}`);
  return found;
}

function kindOf({ path, isClientStreaming, isServerStreaming }: MethodDescriptor): MethodSchema['kind'] {
  if (!isServerStreaming) {
    assert(!isClientStreaming, `the gateway can call ${path}`);
    return 'unary';
  }
  return isClientStreaming ? 'bidirectional' : 'serverStream';
}

function fieldSchema(field: FieldDescriptor, { oneofs }: MessageDescriptor): FieldSchema {
  const value = valueSchema(field);
  const wireType = wireTypeOf(value);
  const isPacked = field.isRepeated && wireType === WireType.varint;
  return {
    name: field.name,
    jsonName: camelCase(field.name),
    tag: (field.number << 3) | (isPacked ? WireType.bytes : wireType),
    valueTag: (field.number << 3) | wireType,
    isList: field.isRepeated,
    isPacked,
    oneof: field.oneofIndex === undefined ? undefined : oneofs[field.oneofIndex],
    value,
  };
}

function valueSchema({ name, type, typeName }: FieldDescriptor): ValueSchema {
  if (type === messageType) return { kind: 'message', schema: () => messageSchema(typeName) };
  if (type === enumType) {
    const { values } = find(
      (file): readonly EnumDescriptor[] => file.enums,
      (each) => each.name === typeName,
      typeName,
    );
    return { kind: 'enum', numbers: new Map(values), names: new Map(values.map(([text, number]) => [number, text])) };
  }
  const kind = scalarKinds.get(type);
  assert(kind !== undefined, `the gateway knows the type of ${name}`);
  return { kind };
}

function wireTypeOf({ kind }: ValueSchema): number {
  return kind === 'string' || kind === 'bytes' || kind === 'message' ? WireType.bytes : WireType.varint;
}

/** As protobuf makes JSON names: a letter after an underscore is a capital one. */
function camelCase(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_match, letter: string) => letter.toUpperCase());
}
