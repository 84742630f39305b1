import type { Interval } from './recording.ts';

/** A link of an `OperationList`. */
export interface Entry<Operation extends Interval> {
  readonly operation: Operation;
  /** Names the entry in the search's set of linearized operations. */
  readonly index: number;
  previous: Entry<Operation> | undefined;
  next: Entry<Operation> | undefined;
}

/**
 * Operations in the order of their calls. Removing one and putting it back, in reverse order, takes
 * constant time.
 */
export class OperationList<Operation extends Interval> {
  #first: Entry<Operation> | undefined;

  /** @param firstIndex the index of the first entry; the others count on. */
  constructor(operations: readonly Operation[], firstIndex: number) {
    let previous: Entry<Operation> | undefined;
    for (const [place, operation] of operations.toSorted((left, right) => left.called - right.called).entries()) {
      const entry: Entry<Operation> = { operation, index: firstIndex + place, previous, next: undefined };
      if (previous === undefined) this.#first = entry;
      else previous.next = entry;
      previous = entry;
    }
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  takeOut({ previous, next }: Entry<Operation>): void {
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
  }

  putBack(entry: Entry<Operation>): void {
    if (entry.previous === undefined) this.#first = entry;
    else entry.previous.next = entry;
    if (entry.next !== undefined) entry.next.previous = entry;
  }

  /**
   * The operations in the list that may be first: called before any operation of the list returned,
   * and before `limit`.
   */
  openers(limit: number): { entries: Entry<Operation>[]; firstReturn: number } {
    const entries: Entry<Operation>[] = [];
    let firstReturn = limit;
    for (let entry = this.#first; entry !== undefined && entry.operation.called < firstReturn; entry = entry.next) {
      entries.push(entry);
      firstReturn = Math.min(firstReturn, entry.operation.returned);
    }
    return { entries, firstReturn };
  }
}
