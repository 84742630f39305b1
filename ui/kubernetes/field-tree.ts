import { textOfBytes } from '../bytes.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

/** A value of a tree for YAML. */
export type Plain = string | number | bigint | boolean | null | readonly Plain[] | Members;

/** The members of a message or an object. */
export interface Members {
  readonly [name: string]: Plain;
}

/** Deeper messages are shown as bytes. Kubernetes' schemas of resources nest about 40 deep. */
const depthMax = 60;

/**
 * A message without its descriptor, by field numbers. Whether bytes are text or a message is a
 * guess: printable UTF-8 is text, and what can be read as a message is one.
 */
export function fieldTree(fields: readonly ProtobufField[], depth = 0): Members {
  const tree: Record<string, Plain> = {};
  for (const { number, value } of fields) {
    const name = String(number);
    const plain = plainOf(value, depth);
    const before = tree[name];
    if (before === undefined) tree[name] = plain;
    else if (Array.isArray(before)) before.push(plain);
    else tree[name] = [before, plain];
  }
  return tree;
}

function plainOf(value: ProtobufField['value'], depth: number): Plain {
  if (typeof value === 'bigint') return shortest(value);
  const text = textOfBytes(value);
  if (text !== undefined && isPrintable(text)) return text;
  const fields = depth < depthMax ? protobufFields(value) : undefined;
  if (fields !== undefined) return fieldTree(fields, depth + 1);
  return text ?? `0x${hexOf(value)}`;
}

/** Numbers of protobuf are signed: a negative one has all its 64 bits. */
export function shortest(value: bigint): number | bigint {
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** A message nearly always has a control character: its tags and lengths. */
function isPrintable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to look for
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
