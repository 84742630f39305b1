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

/** The schema of a message for its JSON. */
export interface MessageSchema {
  readonly name: string;
  /** By the name in the schema, and by its camel-case form. Both are accepted. */
  readonly byName: ReadonlyMap<string, FieldSchema>;
  /** By the tag on the wire: field number and wire type. */
  readonly byTag: ReadonlyMap<number, FieldSchema>;
}

/** The type of a field's values, with protobuf's names. Errors show them. */
export type ScalarKind = 'bool' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'string' | 'bytes';

export interface FieldSchema {
  readonly name: string;
  /** The name in camel case. */
  readonly jsonName: string;
  /** The tag on the wire: field number and wire type. */
  readonly tag: number;
  /**
   * The tag of a single number in a list. The numbers of a list may be packed behind one length, or
   * encoded separately.
   */
  readonly valueTag: number;
  readonly isList: boolean;
  /** The numbers of the list are packed behind one length. */
  readonly isPacked: boolean;
  /** The full name of the field's oneof, of which at most one field is set. */
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
  /** A function, because messages may contain each other. */
  | { readonly kind: 'message'; readonly schema: () => MessageSchema };

/** A method, as the gateway calls it. */
export interface MethodSchema {
  readonly kind: 'unary' | 'serverStream' | 'bidirectional';
  readonly request: MessageSchema;
  readonly response: MessageSchema;
}

/** Numbers of FieldDescriptorProto.Type. The wire contract uses no other types. */
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

/** Read at the first use. A server whose gateway is not used does not need them. */
let loadedFiles: readonly FileContent[] | undefined;
const schemas = new Map<string, MessageSchema>();

/** The method of a gRPC path. @throws AssertionError when the wire contract does not have it */
export function methodSchema(path: string): MethodSchema {
  const method = find(
    (file) => file.methods,
    (each) => each.path === path,
    path,
  );
  return { kind: kindOf(method), request: messageSchema(method.input), response: messageSchema(method.output) };
}

/**
 * The schema of a message, by its full name. @throws AssertionError when the wire contract does not
 * have it
 */
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

function find<T>(listOf: (file: FileContent) => readonly T[], matches: (each: T) => boolean, name: string): T {
  loadedFiles ??= fileDescriptors.map(({ base64 }) => readFileDescriptor(Buffer.from(base64, 'base64')));
  const found = loadedFiles.flatMap(listOf).find(matches);
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

/** Protobuf's JSON name: a letter after an underscore becomes upper case. */
function camelCase(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_match, letter: string) => letter.toUpperCase());
}
