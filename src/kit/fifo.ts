/** Empty places at the front before they are cut off. A cut moves all items that follow. */
const emptyPlacesMax = 1_024;

/**
 * A first-in, first-out list. Each operation takes constant time. The newest item can be removed
 * too.
 */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** The oldest item. */
  get first(): Item | undefined {
    return this.#items[this.#first];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Puts back an item that was the oldest. */
  unshift(item: Item): void {
    if (this.#first === 0) {
      this.#items.unshift(item);
      return;
    }
    this.#first -= 1;
    this.#items[this.#first] = item;
  }

  shift(): Item | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    this.#cut();
    return item;
  }

  pop(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items.pop();
    this.#cut();
    return item;
  }

  #cut(): void {
    if (this.length === 0) this.#items = [];
    else if (this.#first < emptyPlacesMax || this.#first < this.length) return;
    else this.#items.splice(0, this.#first);
    this.#first = 0;
  }
}
