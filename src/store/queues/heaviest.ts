/** The fields that `Heaviest` keeps in its nodes. */
export interface Weighed<Node> {
  /** 0: the node is not in the structure. */
  weight: number;
  previous: Node | undefined;
  next: Node | undefined;
}

/**
 * Finds the heaviest of many nodes in constant time. Nodes of one weight form a linked list, and an
 * array holds the lists. Weights are small integers. The search for the next lower weight takes at
 * most as many steps as the weight was raised before.
 */
export class Heaviest<Node extends Weighed<Node>> {
  readonly #lists: (Node | undefined)[] = [];
  #max = 0;

  /** The heaviest node. Of several, the node whose weight was set last. */
  get node(): Node | undefined {
    return this.#lists[this.#max];
  }

  setWeight(node: Node, weight: number): void {
    if (node.weight > 0) this.#unlink(node);
    node.weight = weight;
    if (weight > 0) this.#link(node);
    while (this.#max > 0 && this.#lists[this.#max] === undefined) this.#max -= 1;
  }

  #link(node: Node): void {
    while (this.#lists.length <= node.weight) this.#lists.push(undefined);
    const next = this.#lists[node.weight];
    node.next = next;
    if (next !== undefined) next.previous = node;
    this.#lists[node.weight] = node;
    if (node.weight > this.#max) this.#max = node.weight;
  }

  #unlink(node: Node): void {
    const { previous, next } = node;
    if (previous === undefined) this.#lists[node.weight] = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    node.previous = undefined;
    node.next = undefined;
  }
}
