import type { Origin } from '../../kit/origin.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Requester } from './requester.ts';

export interface OriginSlotsOptions {
  /** Bound of the work of one client connection that is under way at a time. */
  underWayMax(): number;
  /** Bound of the work of all connections that has not begun. */
  readonly waitingCountMax: number;
  readonly waitingBytesMax: number;
  /** Work whose requester was gone before its end keeps its slot for this time. */
  readonly cancelledPauseMs: number;
}

/**
 * Limits how much work is under way for each client connection. Further work of the connection
 * waits. Other connections do not wait for it.
 */
export class OriginSlots {
  readonly #options: OriginSlotsOptions;
  readonly #waiting: FairQueue<Waiting>;
  readonly #workByOrigin = new WeakMap<Origin, OriginWork>();

  constructor(options: OriginSlotsOptions) {
    this.#options = options;
    this.#waiting = new FairQueue<Waiting>({
      countMax: options.waitingCountMax,
      bytesMax: options.waitingBytesMax,
      hasLargeReply: () => true,
      onReady: () => this.#start(),
    });
  }

  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Runs the work when less than `underWayMax` of its origin is under way. `bytes`: memory of the
   * work while it waits.
   *
   * @throws what `work` throws; `tooManyRequests` when the queue is full; `canceled` when the
   * requester was gone before its turn.
   */
  async run<Result>(requester: Requester, bytes: number, work: () => Promise<Result>): Promise<Result> {
    const originWork = this.#workOf(requester.origin);
    if (originWork.isBackedUp) await this.#wait(originWork, requester, bytes);
    else originWork.underWay += 1;
    try {
      return await work();
    } finally {
      if (requester.isGone) setTimeout(() => originWork.ended(), this.#options.cancelledPauseMs).unref();
      else originWork.ended();
    }
  }

  #workOf(origin: Origin): OriginWork {
    let originWork = this.#workByOrigin.get(origin);
    if (originWork === undefined) {
      originWork = new OriginWork(() => this.#options.underWayMax());
      this.#workByOrigin.set(origin, originWork);
    }
    return originWork;
  }

  #wait(originWork: OriginWork, requester: Requester, bytes: number): Promise<void> {
    return new Promise((begin, reject) => {
      this.#waiting.push({ requester: new WorkRequester(originWork, requester), bytes, begin, reject, originWork });
      this.#start();
    });
  }

  #start(): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      next.originWork.underWay += 1;
      next.begin();
    }
  }
}

interface Waiting extends Queued {
  readonly originWork: OriginWork;
  begin(): void;
}

/**
 * The work of one origin. In the queue it acts as an origin that is backed up while enough work is
 * under way.
 */
class OriginWork implements Origin {
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
