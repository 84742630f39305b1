/** A token bucket: holds at most `burst` tokens, and gains `perSecond`. */
export class RateLimit {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #refilledAtMs = performance.now();

  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
  }

  /** Takes tokens, if there are enough. */
  allows(tokens = 1): boolean {
    if (this.#tokens < tokens) this.#refill();
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Tokens that were taken and not yet regained. */
  get taken(): number {
    this.#refill();
    return this.#burst - this.#tokens;
  }

  /** Puts tokens back, up to `burst`. Returns how many were missing. */
  giveBack(tokens: number): number {
    const added = Math.min(tokens, this.#burst - this.#tokens);
    this.#tokens += added;
    return added;
  }

  #refill(): void {
    const nowMs = performance.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#refilledAtMs) * this.#perMs);
    this.#refilledAtMs = nowMs;
  }
}
