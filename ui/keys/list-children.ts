import { base64OfBytes, bytesOfBase64, prefixEnd } from '../bytes.ts';
import type { RangeReply } from '../messages.ts';

/** What is directly below a prefix: a key, or all keys that continue with the same name and `/`. */
export interface Child {
  /** The whole key, or the whole prefix with its `/`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isFolder: boolean;
}

export interface ChildPage {
  readonly children: readonly Child[];
  /** Where the next page begins; undefined on the last page. */
  readonly next: Uint8Array<ArrayBuffer> | undefined;
}

/** Sends `kv/range`. */
export type SendRange = (request: object) => Promise<RangeReply>;

export interface ListOptions {
  readonly prefix: Uint8Array;
  /** The first key that may be listed. */
  readonly from: Uint8Array;
  /** Keys that one request reads. */
  readonly keysMax: number;
  readonly range: SendRange;
}

const slash = 0x2f;

/**
 * A page of the children of a prefix, in one request. If the page ends inside a folder, the next
 * page begins after the folder. So the cost follows the children, not the keys below them.
 */
export async function listChildren({ prefix, from, keysMax, range }: ListOptions): Promise<ChildPage> {
  const reply = await range({
    key: rangeStart(from),
    range_end: base64OfBytes(prefixEnd(prefix)),
    limit: keysMax,
    keys_only: true,
  });
  const children: Child[] = [];
  for (const { key } of reply.kvs ?? []) {
    const child = childOf(bytesOfBase64(key), prefix.length);
    const last = children.at(-1);
    if (last?.isFolder !== true || !startsWith(child.bytes, last.bytes)) children.push(child);
  }
  const last = children.at(-1);
  return { children, next: reply.more === true && last !== undefined ? after(last) : undefined };
}

/** etcd has no empty key. A zero byte is the first key there can be. */
export function rangeStart(bytes: Uint8Array): string {
  return base64OfBytes(bytes.length === 0 ? Uint8Array.of(0) : bytes);
}

function childOf(key: Uint8Array<ArrayBuffer>, prefixLength: number): Child {
  const end = key.indexOf(slash, prefixLength);
  return end === -1 ? { bytes: key, isFolder: false } : { bytes: key.subarray(0, end + 1), isFolder: true };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);
}

function after({ bytes, isFolder }: Child): Uint8Array<ArrayBuffer> {
  return isFolder ? prefixEnd(bytes) : Uint8Array.of(...bytes, 0);
}
