/** The digest that compares two databases: all keys with their values, revisions and versions. */
import { createHash } from 'node:crypto';
import { counted } from '../table-facts.ts';

export interface LiveKey {
  /** The text of the key, as tine stores it. */
  readonly name: string;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  readonly value: Uint8Array;
}

/** A key as it is compared with a source. kine does not report versions. */
export function comparedKey(key: LiveKey, { isKine }: { readonly isKine: boolean }): LiveKey {
  return isKine ? { ...key, version: 1 } : key;
}

export interface Digest {
  readonly keyCount: number;
  /** SHA-256, in hexadecimal. */
  readonly hash: string;
}

/** Counts and hashes keys. They must be added in the same order on both sides. */
export class KeyHash {
  readonly #hash = createHash('sha256');
  #keyCount = 0;

  add({ name, modRevision, createRevision, version, value }: LiveKey): void {
    this.#keyCount += 1;
    this.#hash.update(`${modRevision} ${createRevision} ${version} ${value.length} ${name.length} ${name}`);
    this.#hash.update(value);
  }

  digest(): Digest {
    return { keyCount: this.#keyCount, hash: this.#hash.copy().digest('hex') };
  }
}

export const digestText = ({ keyCount, hash }: Digest): string => `${counted(keyCount, 'key')}, SHA-256 ${hash}`;
