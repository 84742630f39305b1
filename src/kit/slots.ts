import { etcdError } from '../errors.ts';

export interface SlotsOptions {
  /** Pieces of work that run at a time. */
  readonly countMax: number;
  /** Pieces of work that may wait for a slot. Absent: no bound. */
  readonly waitingMax?: number;
}

/** Limits how many pieces of work run at a time. Further work waits, and starts in order. */
export class Slots {
  readonly #countMax: number;
  readonly #waitingMax: number;
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor({ countMax, waitingMax = Number.POSITIVE_INFINITY }: SlotsOptions) {
    this.#countMax = countMax;
    this.#waitingMax = waitingMax;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /**
   * Runs work as soon as a slot is free.
   *
   * @throws EtcdError `tooManyRequests` when too much work waits, `canceled` when the signal came
   * before the slot; what the work throws.
   */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted === true) throw etcdError('canceled');
    if (this.#count < this.#countMax) this.#count += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Resolves with the slot of work that has ended. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#waitingMax) throw etcdError('tooManyRequests');
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

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#count -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
