import { etcdError } from '../../errors.ts';
import { Fifo } from '../../kit/fifo.ts';
import type { Origin } from '../../kit/origin.ts';
import { limits } from '../../limits.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { Heaviest, type Weighed } from './heaviest.ts';
import { internal, type Requester } from './requester.ts';

/** An item of a queue. */
export interface Queued {
  readonly requester: Requester;
  /** Memory of the item while it waits. */
  readonly bytes: number;
  /** Called when the item is refused or dropped. */
  reject(error: unknown): void;
}

export interface FairQueueOptions<Item> {
  readonly countMax: number;
  readonly bytesMax: number;
  /**
   * Whether the reply to an item may be large. If so, the item is not taken while its client is
   * backed up.
   */
  hasLargeReply(item: Item): boolean;
  /** Items can be taken again: a client has read its replies, or cancelled items are gone. */
  onReady(): void;
}

/** The waiting items of one origin. */
interface Backlog<Item> extends Weighed<Backlog<Item>> {
  readonly origin: Origin;
  readonly items: Fifo<Item>;
}

/**
 * Cancelled items of an origin that are dropped for each new item. Two are more than arrive, so
 * cancelled items do not collect while the origin has no turn.
 */
const droppedPerPush = 2;

/** Origins that are passed over in the search for one item. */
const passedMax = 16;

/** Created once: a stack trace for each of 20,000 items would cost more than the items. */
const refused = etcdError('tooManyRequests');
const dropped = etcdError('canceled');

/**
 * A bounded queue that is fair among client connections. Items of one origin leave in the order
 * they came, and origins take turns. When the queue is full, the newest item of the origin that
 * holds most is refused. An item whose requester is gone is dropped when its turn comes.
 */
export class FairQueue<Item extends Queued> {
  readonly #options: FairQueueOptions<Item>;
  /** Bytes that count as one item. An item weighs 1, plus 1 for each multiple of this. */
  readonly #bytesPerWeight: number;
  readonly #backlogs = new Map<Origin, Backlog<Item>>();
  /**
   * The backlog with the next turn comes first. A backlog that waits for its client is not in this
   * list.
   */
  readonly #turns = new Fifo<Backlog<Item>>();
  readonly #heaviest = new Heaviest<Backlog<Item>>();
  #count = 0;
  #bytes = 0;
  #refusedCount = 0;
  #droppedCount = 0;

  constructor(options: FairQueueOptions<Item>) {
    this.#options = options;
    this.#bytesPerWeight = Math.max(1, options.bytesMax / options.countMax);
  }

  get length(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get statistics(): QueueStatistics {
    return { waiting: this.#count, refused: this.#refusedCount, dropped: this.#droppedCount };
  }

  /**
   * Adds an item. If the queue is then too full, this item or another one is refused with etcd's
   * `tooManyRequests`.
   */
  push(item: Item): void {
    const backlog = this.#backlogOf(item.requester.origin);
    for (let count = 0; count < droppedPerPush && backlog.items.first?.requester.isGone; count += 1)
      this.#drop(backlog);
    backlog.items.push(item);
    this.#added(backlog, item, 1);
    while (this.#count > this.#options.countMax || this.#bytes > this.#options.bytesMax) {
      // The server's own work is refused only if nothing else waits.
      this.#refuseNewest(this.#heaviest.node ?? backlog);
    }
  }

  /** Puts back the item that was taken last of its origin. It becomes the first item again. */
  putBack(item: Item): void {
    const backlog = this.#backlogOf(item.requester.origin);
    backlog.items.unshift(item);
    this.#added(backlog, item, 1);
  }

  /**
   * Takes the next item of at most `bytesMax` bytes; undefined: no item can be taken now. An origin
   * with a larger first item keeps its turn.
   */
  take(bytesMax: number = Number.POSITIVE_INFINITY): Item | undefined {
    const passed: Backlog<Item>[] = [];
    const item = this.#next(bytesMax, passed);
    for (let backlog = passed.pop(); backlog !== undefined; backlog = passed.pop()) this.#turns.unshift(backlog);
    return item;
  }

  /** `passed` collects the backlogs whose first item is too large. */
  #next(bytesMax: number, passed: Backlog<Item>[]): Item | undefined {
    let goneCount = 0;
    for (let backlog = this.#turns.first; backlog !== undefined; backlog = this.#turns.first) {
      const item = backlog.items.first;
      if (item === undefined) {
        this.#turns.shift();
        this.#backlogs.delete(backlog.origin);
      } else if (item.requester.isGone) {
        this.#drop(backlog);
        goneCount += 1;
        if (goneCount === limits.droppedPerTurnMax) {
          setImmediate(this.#options.onReady);
          return undefined;
        }
      } else if (backlog.origin.isBackedUp && this.#options.hasLargeReply(item)) {
        this.#turns.shift();
        this.#waitForClient(backlog);
      } else if (item.bytes > bytesMax) {
        if (passed.length === passedMax) return undefined;
        this.#turns.shift();
        passed.push(backlog);
      } else {
        this.#turns.shift();
        this.#removeFirst(backlog, item);
        if (backlog.items.length > 0) this.#turns.push(backlog);
        else this.#backlogs.delete(backlog.origin);
        return item;
      }
    }
    return undefined;
  }

  #backlogOf(origin: Origin): Backlog<Item> {
    const existing = this.#backlogs.get(origin);
    if (existing !== undefined) return existing;
    const backlog = { origin, items: new Fifo<Item>(), weight: 0, previous: undefined, next: undefined };
    this.#backlogs.set(origin, backlog);
    this.#turns.push(backlog);
    return backlog;
  }

  #waitForClient(backlog: Backlog<Item>): void {
    backlog.origin.onceDrained(() => {
      this.#turns.push(backlog);
      this.#options.onReady();
    });
  }

  #refuseNewest(backlog: Backlog<Item>): void {
    const item = backlog.items.pop();
    if (item === undefined) return;
    this.#added(backlog, item, -1);
    if (item.requester.isGone) {
      this.#droppedCount += 1;
      item.reject(dropped);
    } else {
      this.#refusedCount += 1;
      item.reject(refused);
    }
  }

  #drop(backlog: Backlog<Item>): void {
    const item = backlog.items.first as Item;
    this.#removeFirst(backlog, item);
    this.#droppedCount += 1;
    item.reject(dropped);
  }

  #removeFirst(backlog: Backlog<Item>, item: Item): void {
    backlog.items.shift();
    this.#added(backlog, item, -1);
  }

  /** Counts an item that came (1) or left (-1). */
  #added(backlog: Backlog<Item>, { bytes }: Item, sign: 1 | -1): void {
    this.#count += sign;
    this.#bytes += sign * bytes;
    if (backlog.origin === internal.origin) return;
    const weight = 1 + Math.floor(bytes / this.#bytesPerWeight);
    this.#heaviest.setWeight(backlog, backlog.weight + sign * weight);
  }
}
