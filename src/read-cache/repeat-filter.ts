const slotCount = 16 * 1024;
/** Characters that are hashed, from the end: the keys of one resource differ at the end. */
const hashedLength = 64;

/**
 * Detects names that were read before. What is read only once is not cached. May be wrong both
 * ways: it stores one name for each hash.
 */
export class RepeatFilter {
  readonly #hashes = new Int32Array(slotCount);

  /** Whether this name was read before. Records the name. */
  isRepeat(name: string): boolean {
    const hash = hashOf(name);
    const slot = hash & (slotCount - 1);
    if (this.#hashes[slot] === hash) return true;
    this.#hashes[slot] = hash;
    return false;
  }
}

/** FNV-1a over the length and the last characters. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5 ^ name.length;
  for (let index = Math.max(0, name.length - hashedLength); index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
