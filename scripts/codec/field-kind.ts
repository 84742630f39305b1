import protobuf from 'protobufjs';
import { enumName } from './names.ts';

/**
 * A scalar type of protobuf, or an enum: its TypeScript type, and the methods and functions that
 * read, size and write it.
 */
interface Scalar {
  readonly kind: 'scalar';
  readonly type: string;
  readonly initial: string;
  readonly wireType: number;
  /** Method of `Reader`. */
  readonly read: string;
  /** Function of size.ts. Undefined: always one byte. */
  readonly size: string | undefined;
  /** Method of `Writer`. */
  readonly write: string;
  /** Expression that is true when `value` is not the default, which is not written. */
  readonly isSet: (value: string) => string;
  /** Names the enum in the field's documentation. */
  readonly enumName?: string;
}

interface Message {
  readonly kind: 'message';
  readonly type: string;
}

export type FieldKind = Scalar | Message;

const VARINT = 0;
const BYTES = 2;

const truthy = (value: string) => value;
const notEmpty = (value: string) => `${value} !== undefined && ${value}.length > 0`;

const number = {
  kind: 'scalar',
  type: 'number',
  initial: '0',
  wireType: VARINT,
  size: 'sizeNumber',
  isSet: truthy,
} as const;
const bigint = {
  kind: 'scalar',
  type: 'bigint',
  initial: '0n',
  wireType: VARINT,
  size: 'sizeBigint',
  isSet: truthy,
} as const;

const SCALARS: Readonly<Record<string, Scalar>> = {
  int32: { ...number, read: 'int32', write: 'int32' },
  uint32: { ...number, read: 'uint32', size: 'sizeUint32', write: 'uint32' },
  int64: { ...number, read: 'int64', write: 'number' },
  uint64: { ...number, read: 'uint64', write: 'number' },
  bool: { ...number, type: 'boolean', initial: 'false', read: 'bool', size: undefined, write: 'bool' },
  bytes: {
    kind: 'scalar',
    type: 'Uint8Array',
    initial: 'EMPTY',
    wireType: BYTES,
    read: 'bytes',
    size: 'sizeBytes',
    write: 'bytes',
    isSet: notEmpty,
  },
  string: {
    kind: 'scalar',
    type: 'string',
    initial: "''",
    wireType: BYTES,
    read: 'string',
    size: 'sizeString',
    write: 'string',
    isSet: truthy,
  },
};

/** 64-bit fields whose every bit counts, marked `[jstype = JS_STRING]` in the schema. */
const EXACT_SCALARS: Readonly<Record<string, Scalar>> = {
  int64: { ...bigint, read: 'int64Exact', write: 'bigint' },
  uint64: { ...bigint, read: 'uint64Exact', write: 'bigint' },
};

export function fieldKind(field: protobuf.Field): FieldKind {
  if (field.resolvedType instanceof protobuf.Type) return { kind: 'message', type: field.resolvedType.name };
  if (field.resolvedType instanceof protobuf.Enum) {
    return { ...number, read: 'int32', write: 'int32', enumName: enumName(field.resolvedType) };
  }
  return scalar(field.type, field.options?.jstype === 'JS_STRING');
}

/** A type by its name in the schema. */
export function scalar(name: string, isExact = false): Scalar {
  const found = (isExact ? EXACT_SCALARS : SCALARS)[name];
  if (found === undefined) throw new Error(`no code is known for fields of type ${name}`);
  return found;
}
