import { createHash } from 'node:crypto';
import { isList, isMessage, type Message, type Outcome, type Value } from './message.ts';

/**
 * A reply that can be compared and printed: text, lists and objects, without fields at their
 * default.
 */
export type Canonical = string | readonly Canonical[] | { readonly [field: string]: Canonical };

/** The ids of a server in a header: never equal between two servers. */
const identityFields = new Set(['cluster_id', 'member_id', 'raft_term']);

const printedBytesMax = 60;

/**
 * The outcome without the values that may differ between two servers: the id of the server, and the
 * lease ids that the server chose, which are replaced by aliases. proto3 does not distinguish a
 * default from an absent field, so defaults are left out.
 */
export function canonical(outcome: Outcome, aliases: ReadonlyMap<string, string>): Canonical {
  // Go's protobuf has a no-break space in the errors of some builds.
  if ('text' in outcome) return { code: String(outcome.code), text: outcome.text.replaceAll('\u00a0', ' ') };
  return canonicalMessage(outcome.reply, aliases);
}

export function canonicalMessage(message: Message, aliases: ReadonlyMap<string, string>): Canonical {
  const fields: [string, Canonical][] = [];
  for (const [field, value] of Object.entries(message)) {
    if (identityFields.has(field) || isDefault(value)) continue;
    fields.push([field, canonicalValue(field, value, aliases)]);
  }
  return Object.fromEntries(fields);
}

function isDefault(value: Value): boolean {
  if (Buffer.isBuffer(value)) return value.length === 0;
  if (isList(value)) return value.length === 0;
  return value === undefined || value === null || value === false || value === 0 || value === '0' || value === '';
}

function canonicalValue(field: string, value: Value, aliases: ReadonlyMap<string, string>): Canonical {
  if (Buffer.isBuffer(value)) return printBytes(value);
  if (isList(value)) return value.map((item) => canonicalValue(field, item, aliases));
  if (isMessage(value)) return canonicalMessage(value, aliases);
  if (field === 'ID' || field === 'lease') return aliases.get(String(value)) ?? String(value);
  return String(value);
}

/** Bytes as a Go string literal would have them; of long ones the beginning and a digest. */
export function printBytes(bytes: Buffer): string {
  const shown = bytes.subarray(0, printedBytesMax).toString('latin1');
  const text = shown.replace(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (bytes.length <= printedBytesMax) return text;
  return `${text}... ${bytes.length} bytes, sha1 ${createHash('sha1').update(bytes).digest('hex')}`;
}

/** The first difference between two replies. `path` names the field. */
export interface FirstDifference {
  readonly path: string;
  readonly expected: Canonical | undefined;
  readonly actual: Canonical | undefined;
}

export function firstDifference(
  expected: Canonical | undefined,
  actual: Canonical | undefined,
  path = '',
): FirstDifference | undefined {
  if (expected === undefined || actual === undefined || typeof expected === 'string' || typeof actual === 'string') {
    return expected === actual ? undefined : { path, expected, actual };
  }
  const fields = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const field of fields) {
    const difference = firstDifference(fieldOf(expected, field), fieldOf(actual, field), `${path}.${field}`);
    if (difference !== undefined) return difference;
  }
  return Array.isArray(expected) === Array.isArray(actual) ? undefined : { path, expected, actual };
}

function fieldOf(value: Exclude<Canonical, string>, field: string): Canonical | undefined {
  return (value as { readonly [field: string]: Canonical })[field];
}

/** One line for a reader. */
export function printCanonical(value: Canonical | undefined): string {
  return value === undefined ? '(nothing)' : JSON.stringify(value).replaceAll('\\\\', '\\');
}

/** A request for a reader: bytes readable, defaults kept, references named. */
export function printRequest(message: Message): string {
  return JSON.stringify(message, (_, value: unknown) => {
    const bytes = bytesFromJson(value);
    return bytes === undefined ? value : printBytes(bytes);
  }).replaceAll('\\\\', '\\');
}

/** JSON.stringify shows a replacer what Buffer.toJSON made of a buffer. */
function bytesFromJson(value: unknown): Buffer | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('data' in value)) return undefined;
  return value.type === 'Buffer' && Array.isArray(value.data) ? Buffer.from(value.data as number[]) : undefined;
}
