import type { Int, Message } from '../parity/message.ts';

/**
 * A write to a key as the store keeps it. Keys are latin1 text, one character a byte, so that text
 * order is byte order.
 */
export interface Version {
  readonly key: string;
  readonly modRevision: number;
  /** 0 in a tombstone, like all following fields. */
  readonly createRevision: number;
  readonly version: number;
  readonly value: Buffer;
  readonly lease: string;
  readonly isTombstone: boolean;
}

/**
 * The keys from `start`. Without `end`: one key. With the end `\0`: all following keys. Otherwise:
 * the keys before `end`.
 */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
}

/** The store as a watch stream reads it. */
export interface Past {
  readonly revision: number;
  readonly compactedRevision: number;
  readonly history: readonly Version[];
  at(key: string, revision: number): Version | undefined;
}

export function isInRange(range: KeyRange, key: string): boolean {
  if (range.end === '') return key === range.start;
  return key >= range.start && (range.end === '\0' || key < range.end);
}

export function keyRange(request: { readonly key?: Buffer; readonly range_end?: Buffer }): KeyRange {
  return { start: toText(request.key), end: toText(request.range_end) };
}

export function toKeyValue(version: Version): Message {
  return {
    key: toBytes(version.key),
    create_revision: version.createRevision,
    mod_revision: version.modRevision,
    version: version.version,
    value: version.value,
    lease: version.lease,
  };
}

export function toNumber(value: Int | undefined): number {
  return Number(value ?? 0);
}

export function toText(bytes: Buffer | undefined): string {
  return bytes?.toString('latin1') ?? '';
}

export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
