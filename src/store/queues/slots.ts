import { etcdError } from '../../errors.ts';

export interface SlotsOptions {
  /** Slots in use at a time. */
  readonly countMax: number;
  /** Calls that may wait for a slot. They are served in order. */
  readonly waitingMax: number;
}

/** Limits how many pieces of work run at a time. Further calls wait. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a slot as soon as one is free. The result is the function that releases it.
   *
   * Rejects with `EtcdError`: `tooManyRequests` when too many wait, `canceled` when the signal came
   * first.
   */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted === true) throw etcdError('canceled');
    if (this.#count === this.#options.countMax) await this.#turn(signal);
    else this.#count += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#giveBack();
      isTaken = false;
    };
  }

  /** Resolves with a slot that another call has released. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#options.waitingMax) throw etcdError('tooManyRequests');
    const turn = Promise.withResolvers<void>();
    const onAbort = () => {
      if (this.#waiting.delete(turn.resolve)) turn.reject(etcdError('canceled'));
    };
    this.#waiting.add(turn.resolve);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#count -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
