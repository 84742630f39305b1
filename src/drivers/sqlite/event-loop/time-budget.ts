export interface TimeBudgetOptions {
  /** Time that may be spent at once. */
  readonly burstMs: number;
  /** The share of all time that may be spent after that, for example 0.03. */
  readonly share: number;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

/** Bounds the time that one kind of work takes: bursts, and a share of the time after them. */
export class TimeBudget {
  readonly #options: TimeBudgetOptions;
  readonly #nowMs: () => number;
  /** Time spent and not yet earned back. */
  #debtMs = 0;
  #updatedMs: number;

  constructor(options: TimeBudgetOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#updatedMs = this.#nowMs();
  }

  get hasTime(): boolean {
    this.#update();
    return this.#debtMs < this.#options.burstMs;
  }

  spend(ms: number): void {
    this.#update();
    this.#debtMs += ms;
  }

  #update(): void {
    const nowMs = this.#nowMs();
    this.#debtMs = Math.max(0, this.#debtMs - (nowMs - this.#updatedMs) * this.#options.share);
    this.#updatedMs = nowMs;
  }
}
