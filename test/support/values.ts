/** The type that protobuf.js uses for a 64-bit number. */
interface Long {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
  toNumber(): number;
  toString(): string;
}

/**
 * 64-bit fields that use all their bits, as etcd's ids do. Tests read them as bigint, and all other
 * numbers as number.
 */
const identifierFields: ReadonlySet<string> = new Set([
  'ID',
  'lease',
  'cluster_id',
  'member_id',
  'memberID',
  'leader',
  'targetID',
  'remaining_TTL',
]);

const byteFields: ReadonlySet<string> = new Set(['key', 'range_end', 'value', 'name', 'blob']);

/** In requests about users and roles, names are text. */
const byteFieldsOfAuth: ReadonlySet<string> = new Set(['key', 'range_end']);

/** A request as tests write it (text for bytes, bigint for ids) -> as protobuf.js takes it. */
export const toWire = converter(byteFields);
export const toAuthWire = converter(byteFieldsOfAuth);

function converter(bytes: ReadonlySet<string>) {
  return function convert(value: unknown, field = ''): unknown {
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'string') return bytes.has(field) ? Buffer.from(value, 'utf8') : value;
    if (Array.isArray(value)) return value.map((item) => convert(item, field));
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
    return mapFields(value, convert);
  };
}

/**
 * Converts a reply from protobuf.js for tests: numbers for Longs, bigint for the fields named
 * above.
 */
export function fromWire(value: unknown, field = ''): unknown {
  if (isLong(value)) return identifierFields.has(field) ? BigInt(value.toString()) : value.toNumber();
  if (Array.isArray(value)) return value.map((item) => fromWire(item, field));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return mapFields(value, fromWire);
}

function mapFields(value: object, map: (value: unknown, field: string) => unknown): Record<string, unknown> {
  const mapped: Record<string, unknown> = {};
  for (const [field, item] of Object.entries(value)) mapped[field] = map(item, field);
  return mapped;
}

function isLong(value: unknown): value is Long {
  return typeof value === 'object' && value !== null && 'low' in value && 'high' in value && 'unsigned' in value;
}

/**
 * The end of the range of all keys that begin with the prefix. For the empty prefix, and for a
 * prefix of 0xff bytes only: `\0`, every key.
 */
export function prefixEnd(prefix: string | Buffer): Buffer {
  const end = Buffer.from(prefix as string);
  for (let index = end.length - 1; index >= 0; index -= 1) {
    const byte = end[index] as number;
    if (byte < 0xff) {
      end[index] = byte + 1;
      return end.subarray(0, index + 1);
    }
  }
  return Buffer.from([0]);
}

/** The `key` and `range_end` of all keys that begin with the prefix. */
export function withPrefix(prefix: string): { key: string; range_end: Buffer } {
  return { key: prefix, range_end: prefixEnd(prefix) };
}

/** The keys of a reply's pairs or of events, as text. */
export function keysOf(
  items: readonly ({ readonly key: Buffer } | { readonly kv: { readonly key: Buffer } })[],
): string[] {
  return items.map((item) => ('kv' in item ? item.kv.key : item.key).toString());
}
