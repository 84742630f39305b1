/**
 * Finds the intervals that contain a key. A search tree ordered by start, in which every node
 * stores the farthest end below it. Prefixes are nested or disjoint, so a look-up visits one path
 * and the matches.
 *
 * The tree is a treap: its shape follows from the priorities alone, so it is balanced for any order
 * of insertions.
 */
import type { Interval } from './intervals.ts';

interface Node<Item> {
  readonly interval: Interval;
  readonly items: Item[];
  readonly priority: number;
  left: Node<Item> | undefined;
  right: Node<Item> | undefined;
  /** The farthest end in this subtree. */
  endMax: string;
}

type Link<Item> = Node<Item> | undefined;

export class IntervalTree<Item> {
  #root: Link<Item>;
  #priority = 1;

  /** Adds an item. An item may be added once to each interval. */
  add(interval: Interval, item: Item): void {
    const node = find(this.#root, interval);
    if (node) node.items.push(item);
    else this.#root = insert(this.#root, newNode(interval, item, this.#nextPriority()));
  }

  /** Returns whether the item was there. */
  remove(interval: Interval, item: Item): boolean {
    const items = find(this.#root, interval)?.items ?? [];
    const index = items.indexOf(item);
    if (index < 0) return false;
    items.splice(index, 1);
    if (items.length === 0) this.#root = remove(this.#root, interval);
    return true;
  }

  /** Appends the items of every interval that contains the key. */
  match(key: string, found: Item[]): void {
    if (this.#root) collect(this.#root, key, found);
  }

  // The next number of xorshift32: balances as well as random numbers, and is the same in every
  // run.
  #nextPriority(): number {
    let next = this.#priority;
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    this.#priority = next;
    return next;
  }
}

function newNode<Item>(interval: Interval, item: Item, priority: number): Node<Item> {
  return { interval, items: [item], priority, left: undefined, right: undefined, endMax: interval.end };
}

function collect<Item>(node: Node<Item>, key: string, found: Item[]): void {
  if (node.endMax <= key) return;
  if (node.left) collect(node.left, key, found);
  if (node.interval.start > key) return;
  if (key < node.interval.end) for (const item of node.items) found.push(item);
  if (node.right) collect(node.right, key, found);
}

function find<Item>(root: Link<Item>, interval: Interval): Link<Item> {
  let node = root;
  while (node) {
    const order = compare(interval, node.interval);
    if (order === 0) return node;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

function insert<Item>(node: Link<Item>, added: Node<Item>): Node<Item> {
  if (!node) return added;
  if (added.priority > node.priority) {
    [added.left, added.right] = split(node, added.interval);
    return updated(added);
  }
  if (compare(added.interval, node.interval) < 0) node.left = insert(node.left, added);
  else node.right = insert(node.right, added);
  return updated(node);
}

function remove<Item>(node: Link<Item>, interval: Interval): Link<Item> {
  if (!node) return undefined;
  const order = compare(interval, node.interval);
  if (order === 0) return merge(node.left, node.right);
  if (order < 0) node.left = remove(node.left, interval);
  else node.right = remove(node.right, interval);
  return updated(node);
}

/** Splits a tree into the nodes before an interval and the nodes after it. */
function split<Item>(node: Link<Item>, interval: Interval): [Link<Item>, Link<Item>] {
  if (!node) return [undefined, undefined];
  if (compare(node.interval, interval) < 0) {
    const [before, after] = split(node.right, interval);
    node.right = before;
    return [updated(node), after];
  }
  const [before, after] = split(node.left, interval);
  node.left = after;
  return [before, updated(node)];
}

/** Joins two trees. All nodes of the first sort before the second. */
function merge<Item>(before: Link<Item>, after: Link<Item>): Link<Item> {
  if (!before) return after;
  if (!after) return before;
  if (before.priority > after.priority) {
    before.right = merge(before.right, after);
    return updated(before);
  }
  after.left = merge(before, after.left);
  return updated(after);
}

function updated<Item>(node: Node<Item>): Node<Item> {
  let end = node.interval.end;
  if (node.left && node.left.endMax > end) end = node.left.endMax;
  if (node.right && node.right.endMax > end) end = node.right.endMax;
  node.endMax = end;
  return node;
}

function compare(one: Interval, other: Interval): number {
  if (one.start !== other.start) return one.start < other.start ? -1 : 1;
  if (one.end === other.end) return 0;
  return one.end < other.end ? -1 : 1;
}
