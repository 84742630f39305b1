/**
 * A field of a request or reply, in the shape that @grpc/proto-loader gives it: 64-bit numbers are
 * decimal strings.
 */
export type Value = undefined | null | boolean | number | string | Buffer | Reference | Message | readonly Value[];

export type Message = { readonly [field: string]: Value };

/** The result of a call: a reply, or a status with etcd's code and text. */
export type Outcome = { readonly code: 0; readonly reply: Message } | { readonly code: number; readonly text: string };

export type Int = number | string;

/** A placeholder in a script for a number that is known only when the script runs. */
export type Reference = RevisionReference | LeaseReference;

/** A revision counted from the current or the compacted one, and never negative. */
export class RevisionReference {
  readonly base: 'current' | 'compacted';
  readonly offset: number;

  constructor(base: 'current' | 'compacted', offset: number) {
    this.base = base;
    this.offset = offset;
  }
}

/** The id that a server chose itself for the lease granted under this name. */
export class LeaseReference {
  readonly alias: string;

  constructor(alias: string) {
    this.alias = alias;
  }
}

/** The values of references. */
export interface Bindings {
  readonly currentRevision: number;
  readonly compactedRevision: number;
  /** Lease ids by alias: each server has its own. */
  readonly leaseIds: ReadonlyMap<string, string>;
}

/**
 * An id that no lease of a script has. A reference to a lease that was never granted resolves to
 * it.
 */
const unknownLeaseId = '4242424242';

/** The request with its references replaced. */
export function resolve(message: Message, bindings: Bindings): Message {
  return resolveValue(message, bindings) as Message;
}

function resolveValue(value: Value, bindings: Bindings): Value {
  if (value instanceof RevisionReference) {
    const base = value.base === 'current' ? bindings.currentRevision : bindings.compactedRevision;
    return Math.max(0, base + value.offset);
  }
  if (value instanceof LeaseReference) return bindings.leaseIds.get(value.alias) ?? unknownLeaseId;
  if (isList(value)) return value.map((item) => resolveValue(item, bindings));
  if (!isMessage(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, resolveValue(inner, bindings)]));
}

export function isMessage(value: Value): value is Message {
  return (
    typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !isList(value) && !isReference(value)
  );
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isReference(value: Value): value is Reference {
  return value instanceof RevisionReference || value instanceof LeaseReference;
}
