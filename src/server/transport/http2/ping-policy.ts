/**
 * Without an open stream there is nothing to keep alive, so pings are allowed only this often. As
 * in gRPC.
 */
const idleIntervalMs = 7_200_000;
/** Pings above the limit that are tolerated. As in gRPC. */
const strikesMax = 2;

/** Limits how often a client may ping, as gRPC's servers do. */
export class PingPolicy {
  readonly #intervalMinMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #answerFrames = 0;
  #strikes = 0;

  constructor(intervalMinMs: number) {
    this.#intervalMinMs = intervalMinMs;
  }

  /**
   * Whether a ping that has arrived is allowed. `answerFrames`: the frames that the connection has
   * sent so far. Clients measure a connection with pings while they receive data.
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
