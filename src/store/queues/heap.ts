/** The fields that `Heap` keeps in its nodes. */
export interface HeapNode {
  /** The node with the smallest key is first; of equal keys, the one that was added first. */
  key: number;
  sequence: number;
  /** The index in the heap. -1: the node is not in a heap. */
  index: number;
}

/** A binary heap whose nodes know their index, so that any node can be removed. */
export class Heap<Node extends HeapNode> {
  readonly #nodes: Node[] = [];
  #sequence = 0;

  get size(): number {
    return this.#nodes.length;
  }

  get first(): Node | undefined {
    return this.#nodes[0];
  }

  /** Adds a node under a key, or changes its key. */
  set(node: Node, key: number): void {
    this.delete(node);
    node.key = key;
    node.sequence = this.#sequence++;
    this.#nodes.push(node);
    this.#rise(node, this.#nodes.length - 1);
  }

  /** Adds a node again under the key and in the order that it had. */
  restore(node: Node): void {
    this.#nodes.push(node);
    this.#rise(node, this.#nodes.length - 1);
  }

  delete(node: Node): void {
    const { index } = node;
    if (index === -1) return;
    node.index = -1;
    const last = this.#nodes.pop() as Node;
    if (last === node) return;
    this.#rise(last, index);
    this.#sink(last, last.index);
  }

  /** Places a node at an index, or at one of its ancestors. */
  #rise(node: Node, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#nodes[parentIndex] as Node;
      if (!isBefore(node, parent)) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(node, index);
  }

  /** Places a node at an index, or below it. */
  #sink(node: Node, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#nodes[2 * index + 1];
      const right = this.#nodes[2 * index + 2];
      if (left === undefined) break;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, node)) break;
      const childIndex = child.index;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(node, index);
  }

  #place(node: Node, index: number): void {
    this.#nodes[index] = node;
    node.index = index;
  }
}

function isBefore(one: HeapNode, other: HeapNode): boolean {
  return one.key < other.key || (one.key === other.key && one.sequence < other.sequence);
}
