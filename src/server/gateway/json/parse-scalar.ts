import type { ScalarToken } from './json-reader.ts';
import type { ScalarSchema } from './message-schema.ts';
import { parseBase64 } from './parse-base64.ts';
import { parseInteger } from './parse-integer.ts';

/** An unknown name of an enum value. It is ignored, like an unknown field. */
export const ignored = Symbol('ignored');

const bounds = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

/** The wire value of a token for a field. Undefined: the token does not match the field. */
export function parseScalar(
  token: ScalarToken,
  schema: ScalarSchema,
): bigint | Uint8Array | typeof ignored | undefined {
  switch (schema.kind) {
    case 'bool':
      return token.kind === 'bool' ? BigInt(token.value) : undefined;
    case 'string':
      return token.kind === 'string' ? Buffer.from(token.text) : undefined;
    case 'bytes':
      return token.kind === 'string' ? parseBase64(token.text) : undefined;
    case 'enum': {
      if (token.kind !== 'string') return token.kind === 'number' ? integer(token.raw, 'int32') : undefined;
      const number = schema.numbers.get(token.text);
      return number === undefined ? ignored : BigInt(number);
    }
    default:
      if (token.kind === 'number') return integer(token.raw, schema.kind);
      return token.kind === 'string' ? integer(token.text, schema.kind) : undefined;
  }
}

function integer(text: string, kind: keyof typeof bounds): bigint | undefined {
  const value = parseInteger(text);
  const [min, max] = bounds[kind];
  return value === undefined || value < min || value > max ? undefined : value;
}
