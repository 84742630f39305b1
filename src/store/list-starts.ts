import { limits } from '../limits.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Origin, Requester } from './requester.ts';
import type { QueueStatistics } from './store-statistics.ts';

/** Lets only some lists of each client connection begin: a list holds the pages that it has read until the last one is there. */
export class ListStarts {
  readonly #listsMax: () => number;
  readonly #waiting: FairQueue<Waiting>;
  readonly #lists = new WeakMap<Origin, Lists>();

  /** `listsMax`: of one origin. */
  constructor(listsMax: () => number) {
    this.#listsMax = listsMax;
    this.#waiting = new FairQueue<Waiting>({
      countMax: limits.readQueueCountMax,
      bytesMax: limits.readQueueBytesMax,
      answersMuch: () => true,
      onReady: () => this.#start(),
    });
  }

  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Runs a list when fewer than `listsMax` of its origin are under way.
   *
   * @throws what `list` throws; `tooManyRequests` when too many wait; `canceled` when the requester was gone before it was its turn.
   */
  async run<Result>(requester: Requester, bytes: number, list: () => Promise<Result>): Promise<Result> {
    const lists = this.#listsOf(requester.origin);
    if (lists.isBackedUp) await this.#wait(lists, requester, bytes);
    else lists.underWay += 1;
    try {
      return await list();
    } finally {
      lists.ended();
    }
  }

  #listsOf(origin: Origin): Lists {
    let lists = this.#lists.get(origin);
    if (lists === undefined) {
      lists = new Lists(this.#listsMax);
      this.#lists.set(origin, lists);
    }
    return lists;
  }

  #wait(lists: Lists, requester: Requester, bytes: number): Promise<void> {
    return new Promise((begin, reject) => {
      this.#waiting.push({ requester: new ListRequester(lists, requester), bytes, begin, reject, lists });
      this.#start();
    });
  }

  #start(): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      next.lists.underWay += 1;
      next.begin();
    }
  }
}

interface Waiting extends Queued {
  readonly lists: Lists;
  begin(): void;
}

/** The lists of an origin. To the queue of those that have not begun it is an origin that takes no more while enough are under way. */
class Lists implements Origin {
  underWay = 0;
  readonly #countMax: () => number;
  #wake: (() => void) | undefined;

  constructor(countMax: () => number) {
    this.#countMax = countMax;
  }

  get isBackedUp(): boolean {
    return this.underWay >= this.#countMax();
  }

  onceDrained(wake: () => void): void {
    this.#wake = wake;
  }

  ended(): void {
    this.underWay -= 1;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

class ListRequester implements Requester {
  readonly origin: Origin;
  readonly #of: Requester;

  constructor(origin: Origin, of: Requester) {
    this.origin = origin;
    this.#of = of;
  }

  get isGone(): boolean {
    return this.#of.isGone;
  }
}
