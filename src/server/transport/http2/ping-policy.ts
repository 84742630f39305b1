/** Without an open stream there is nothing to keep alive: pings are then allowed this often. gRPC's. */
const idleIntervalMs = 7_200_000;
/** Pings too many that are forgiven. gRPC's. */
const strikesMax = 2;

/** How often a client may ask whether the server is there, as gRPC's servers have it. */
export class PingPolicy {
  readonly #intervalMinMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #answerFrames = 0;
  #strikes = 0;

  constructor(intervalMinMs: number) {
    this.#intervalMinMs = intervalMinMs;
  }

  /**
   * A ping has come. Whether it is allowed. `answerFrames`: what the connection has sent so far; clients measure a connection by pings
   * while it sends to them.
   */
  allows({ hasStreams, answerFrames }: { readonly hasStreams: boolean; readonly answerFrames: number }): boolean {
    const nowMs = performance.now();
    const earliestMs = this.#lastMs + (hasStreams ? this.#intervalMinMs : idleIntervalMs);
    this.#lastMs = nowMs;
    if (answerFrames !== this.#answerFrames) {
      this.#answerFrames = answerFrames;
      this.#strikes = 0;
    } else if (nowMs < earliestMs) {
      this.#strikes += 1;
    }
    return this.#strikes <= strikesMax;
  }
}
