import { etcdError } from '../../errors.ts';
import { Fifo } from '../../kit/fifo.ts';
import type { Origin } from '../../kit/origin.ts';
import { limits } from '../../limits.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { Heap, type HeapNode } from './heap.ts';
import { Heaviest, type Weighed } from './heaviest.ts';
import { internal, type Requester } from './requester.ts';

/** An item of a queue. */
export interface Queued {
  readonly requester: Requester;
  /** Memory of the item while it waits. */
  readonly bytes: number;
  /** Set when the item is taken: the work for which its origin was charged. */
  work?: number;
  /** Called when the item is refused or dropped. */
  reject(error: unknown): void;
}

export interface FairQueueOptions<Item> {
  readonly countMax: number;
  readonly bytesMax: number;
  /** The bytes that an item is expected to process. Absent: all items are alike. */
  workOf?(item: Item): number;
  /**
   * Whether the reply to an item may be large. If so, the item is not taken while its client is
   * backed up.
   */
  hasLargeReply(item: Item): boolean;
  /** Items can be taken again: a client has read its replies, or cancelled items are gone. */
  onReady(): void;
}

/** The items of one origin. Its key is the virtual time at which its first item ends. */
interface Backlog<Item> extends Weighed<Backlog<Item>>, HeapNode {
  readonly origin: Origin;
  readonly items: Fifo<Item>;
  /** The virtual time at which its first item starts: after its earlier items. */
  startsAt: number;
  isWaitingForClient: boolean;
}

/** The work of each item besides its bytes: looking up a key takes as long as 4 KiB of a value. */
const itemWork = 4 * 1024;

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
 * they came. Origins share the work: the next item is the one that would end first if all origins
 * were served at the same time, each at the same speed (weighted fair queueing). So origins with
 * items of the same work take turns, and an origin with little work does not wait for origins with
 * much. When the queue is full, the newest item of the origin that holds most is refused. An item
 * whose requester is gone is dropped when its turn comes.
 */
export class FairQueue<Item extends Queued> {
  readonly #options: FairQueueOptions<Item>;
  /** Bytes that count as one item. An item weighs 1, plus 1 for each multiple of this. */
  readonly #bytesPerWeight: number;
  /** An origin keeps its backlog, which contains the work that it still has to wait for. */
  readonly #backlogs = new WeakMap<Origin, Backlog<Item>>();
  /** The backlogs with items, except the ones that wait for their client. */
  readonly #turns = new Heap<Backlog<Item>>();
  readonly #heaviest = new Heaviest<Backlog<Item>>();
  /** The virtual time: the work that each waiting origin has got until now. */
  #now = 0;
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
    if (backlog.index === -1 && !backlog.isWaitingForClient) this.#enter(backlog);
    while (this.#count > this.#options.countMax || this.#bytes > this.#options.bytesMax) {
      // The server's own work is refused only if nothing else waits.
      this.#refuseNewest(this.#heaviest.node ?? backlog);
    }
  }

  /**
   * Puts back the item that was taken last of its origin. It becomes the first item again, at its
   * time.
   */
  putBack(item: Item): void {
    const backlog = this.#backlogOf(item.requester.origin);
    backlog.items.unshift(item);
    this.#added(backlog, item, 1);
    backlog.startsAt -= itemWork + (item.work ?? 0);
    if (!backlog.isWaitingForClient) this.#place(backlog);
  }

  /** Corrects the charge of an item that was taken: the work that it caused is known now. */
  settle(item: Item, work: number): void {
    const backlog = this.#backlogOf(item.requester.origin);
    backlog.startsAt += work - (item.work ?? 0);
    item.work = work;
    if (backlog.index !== -1) this.#place(backlog);
  }

  /**
   * Takes the next item of at most `workMax` bytes of work; undefined: no item can be taken now. An
   * origin with a larger first item keeps its turn.
   */
  take(workMax: number = Number.POSITIVE_INFINITY): Item | undefined {
    const passed: Backlog<Item>[] = [];
    const item = this.#next(workMax, passed);
    for (const backlog of passed) this.#turns.restore(backlog);
    return item;
  }

  /** `passed` collects the backlogs whose first item is too large. */
  #next(workMax: number, passed: Backlog<Item>[]): Item | undefined {
    let goneCount = 0;
    for (let backlog = this.#turns.first; backlog !== undefined; backlog = this.#turns.first) {
      const item = backlog.items.first;
      if (item === undefined) {
        this.#turns.delete(backlog);
      } else if (item.requester.isGone) {
        this.#drop(backlog);
        goneCount += 1;
        if (goneCount === limits.droppedPerTurnMax) {
          setImmediate(this.#options.onReady);
          return undefined;
        }
      } else if (backlog.origin.isBackedUp && this.#options.hasLargeReply(item)) {
        this.#turns.delete(backlog);
        this.#waitForClient(backlog);
      } else if (this.#endOf(backlog, item) > backlog.key) {
        // More work is expected of the item than when it came.
        this.#place(backlog);
      } else if (this.#workOf(item) > workMax) {
        if (passed.length === passedMax) return undefined;
        this.#turns.delete(backlog);
        passed.push(backlog);
      } else {
        this.#serve(backlog, item, passed.length);
        return item;
      }
    }
    return undefined;
  }

  #serve(backlog: Backlog<Item>, item: Item, passedCount: number): void {
    item.work = this.#workOf(item);
    const work = itemWork + item.work;
    this.#now = Math.max(this.#now, backlog.startsAt) + work / (this.#turns.size + passedCount);
    backlog.startsAt += work;
    this.#removeFirst(backlog, item);
    if (backlog.items.length > 0) this.#place(backlog);
    else this.#turns.delete(backlog);
  }

  #workOf(item: Item): number {
    return this.#options.workOf?.(item) ?? 0;
  }

  #backlogOf(origin: Origin): Backlog<Item> {
    const existing = this.#backlogs.get(origin);
    if (existing !== undefined) return existing;
    const backlog: Backlog<Item> = {
      origin,
      items: new Fifo<Item>(),
      startsAt: this.#now,
      isWaitingForClient: false,
      weight: 0,
      previous: undefined,
      next: undefined,
      key: 0,
      sequence: 0,
      index: -1,
    };
    this.#backlogs.set(origin, backlog);
    return backlog;
  }

  /** Adds a backlog whose origin had no item. Unused time does not count. */
  #enter(backlog: Backlog<Item>): void {
    backlog.startsAt = Math.max(this.#now, backlog.startsAt);
    this.#place(backlog);
  }

  #place(backlog: Backlog<Item>): void {
    this.#turns.set(backlog, this.#endOf(backlog, backlog.items.first));
  }

  #endOf({ startsAt }: Backlog<Item>, first: Item | undefined): number {
    return startsAt + itemWork + (first === undefined ? 0 : this.#workOf(first));
  }

  #waitForClient(backlog: Backlog<Item>): void {
    backlog.isWaitingForClient = true;
    backlog.origin.onceDrained(() => {
      backlog.isWaitingForClient = false;
      if (backlog.items.length > 0) this.#enter(backlog);
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
