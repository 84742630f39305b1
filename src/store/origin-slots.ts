import { FairQueue, type Queued } from './fair-queue.ts';
import type { Origin, Requester } from './requester.ts';
import type { QueueStatistics } from './store-statistics.ts';

export interface OriginSlotsOptions {
  /** Work of one client connection that is under way at the same time. */
  underWayMax(): number;
  /** Work of all connections that has not begun. */
  readonly waitingCountMax: number;
  readonly waitingBytesMax: number;
  /** How much longer work keeps its slot when its requester was gone before it ended. */
  readonly givenUpPauseMs: number;
}

/** Bounds how much of something is under way for each client connection. Further work of it waits and has not begun; other connections do not wait for it. */
export class OriginSlots {
  readonly #options: OriginSlotsOptions;
  readonly #waiting: FairQueue<Waiting>;
  readonly #works = new WeakMap<Origin, Works>();

  constructor(options: OriginSlotsOptions) {
    this.#options = options;
    this.#waiting = new FairQueue<Waiting>({
      countMax: options.waitingCountMax,
      bytesMax: options.waitingBytesMax,
      answersMuch: () => true,
      onReady: () => this.#start(),
    });
  }

  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Does the work when less than `underWayMax` of its origin is under way. `bytes`: what it holds in memory while it waits.
   *
   * @throws what `work` throws; `tooManyRequests` when too much waits; `canceled` when the requester was gone before it was its turn.
   */
  async run<Result>(requester: Requester, bytes: number, work: () => Promise<Result>): Promise<Result> {
    const works = this.#worksOf(requester.origin);
    if (works.isBackedUp) await this.#wait(works, requester, bytes);
    else works.underWay += 1;
    try {
      return await work();
    } finally {
      if (requester.isGone) setTimeout(() => works.ended(), this.#options.givenUpPauseMs).unref();
      else works.ended();
    }
  }

  #worksOf(origin: Origin): Works {
    let works = this.#works.get(origin);
    if (works === undefined) {
      works = new Works(() => this.#options.underWayMax());
      this.#works.set(origin, works);
    }
    return works;
  }

  #wait(works: Works, requester: Requester, bytes: number): Promise<void> {
    return new Promise((begin, reject) => {
      this.#waiting.push({ requester: new WorkRequester(works, requester), bytes, begin, reject, works });
      this.#start();
    });
  }

  #start(): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      next.works.underWay += 1;
      next.begin();
    }
  }
}

interface Waiting extends Queued {
  readonly works: Works;
  begin(): void;
}

/** The work of an origin. To the queue of what has not begun it is an origin that takes no more while enough is under way. */
class Works implements Origin {
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

class WorkRequester implements Requester {
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
