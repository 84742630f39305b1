import type { MessageSchema, ValueSchema } from '../../../src/server/gateway/json/message-schema.ts';
import type { Random } from '../../parity/random.ts';

/** One message, as it is sent over gRPC and as JSON. */
export interface RandomMessage {
  readonly wire: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Messages contain each other: below this depth only plain values follow. */
const depthMax = 3;

const words = ['', 'a', 'good', 'stored/1', 'stored0', 'alice', 'default', '\0', 'é', '3.6.0'];
const numbers = [0n, 1n, 2n, 3n, 100n, -1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];

/** A message of a type. Each field is set or not at random. */
export function randomMessage(random: Random, schema: MessageSchema, depth = 0): RandomMessage {
  const parts: Buffer[] = [];
  const json: Record<string, unknown> = {};
  for (const field of schema.byTag.values()) {
    if (random.chance(40) || (depth >= depthMax && field.value.kind === 'message')) continue;
    const values = Array.from({ length: field.isList ? random.below(4) : 1 }, () =>
      valueFor(random, field.value, depth),
    );
    // The numbers of a list may also be written one by one.
    for (const { wire } of values) parts.push(varint(BigInt(field.valueTag)), wire);
    json[field.name] = field.isList ? values.map((value) => value.json) : values[0]?.json;
  }
  return { wire: Buffer.concat(parts), json };
}

function valueFor(
  random: Random,
  value: ValueSchema,
  depth: number,
): { readonly wire: Buffer; readonly json: unknown } {
  switch (value.kind) {
    case 'message': {
      const { wire, json } = randomMessage(random, value.schema(), depth + 1);
      return { wire: withLength(wire), json };
    }
    case 'string':
    case 'bytes': {
      const text = random.pick(words);
      const bytes = Buffer.from(text);
      return { wire: withLength(bytes), json: value.kind === 'bytes' ? bytes.toString('base64') : text };
    }
    case 'bool':
      return { wire: varint(1n), json: true };
    case 'enum': {
      const number = random.pick([...value.numbers.values(), 99]);
      return { wire: varint(BigInt(number)), json: value.names.get(number) ?? number };
    }
    default: {
      const number = random.pick(numbers);
      return { wire: varint(number), json: random.chance(50) ? number.toString() : Number(number) };
    }
  }
}

function varint(value: bigint): Buffer {
  const bytes = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}
