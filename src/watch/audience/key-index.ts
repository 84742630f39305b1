import { IntervalTree } from '../../kit/interval-tree.ts';
import type { Keys } from '../../mvcc/ids.ts';

/**
 * Finds the items that match a key: one look-up for single keys, and one path through a tree for
 * all intervals.
 */
export class KeyIndex<Item> {
  readonly #single = new Map<string, Item[]>();
  readonly #intervals = new IntervalTree<Item>();

  /** Adds an item. An item may be added once to the same keys. */
  add(keys: Keys, item: Item): void {
    if ('one' in keys) this.#addSingle(keys.one, item);
    else this.#intervals.add(keys, item);
  }

  /** Returns whether the item was there. */
  remove(keys: Keys, item: Item): boolean {
    if (!('one' in keys)) return this.#intervals.remove(keys, item);
    const items = this.#single.get(keys.one) ?? [];
    const index = items.indexOf(item);
    if (index < 0) return false;
    items.splice(index, 1);
    if (items.length === 0) this.#single.delete(keys.one);
    return true;
  }

  /** Appends the items that match a key. An item appears once for each of its keys that match. */
  match(key: string, found: Item[]): void {
    const items = this.#single.get(key);
    if (items) for (const item of items) found.push(item);
    this.#intervals.match(key, found);
  }

  #addSingle(key: string, item: Item): void {
    const items = this.#single.get(key);
    if (items) items.push(item);
    else this.#single.set(key, [item]);
  }
}
