const slotCount = 16 * 1024;
/** Keys of one resource differ at the end. */
const hashedLength = 64;

/** Whether something was read before, by its name: what is read once is not worth a place in the cache. May err both ways: it holds one name for each hash. */
export class RepeatFilter {
  readonly #hashes = new Int32Array(slotCount);

  /** Whether this name came before. From now on it did. */
  isRepeat(name: string): boolean {
    const hash = hashOf(name);
    const slot = hash & (slotCount - 1);
    if (this.#hashes[slot] === hash) return true;
    this.#hashes[slot] = hash;
    return false;
  }
}

/** FNV-1a, of the length and the last characters. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5 ^ name.length;
  for (let index = Math.max(0, name.length - hashedLength); index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
