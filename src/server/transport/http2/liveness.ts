/** How a connection to a client is known to be alive. Infinity is never. */
export interface Keepalive {
  /** A client that pings more often is hung up on. */
  readonly clientIntervalMinMs: number;
  /** A client that was silent for so long is pinged. */
  readonly intervalMs: number;
  /** How long it has for an answer. */
  readonly timeoutMs: number;
}

/** What is due at a look at a connection. */
export type Due = 'nothing' | 'ping' | 'end';

/** Whether the client of one connection is still there: it is asked when it is silent, and given up when it does not answer. */
export class Liveness {
  readonly #keepalive: Keepalive;
  #heardMs = performance.now();
  #pingedMs: number | undefined;
  /** Set whenever the client sends something, which is often; when, is known as finely as it is looked at. */
  wasHeard = false;

  constructor(keepalive: Keepalive) {
    this.#keepalive = keepalive;
  }

  look(nowMs: number): Due {
    if (this.wasHeard) {
      this.wasHeard = false;
      this.#heardMs = nowMs;
      this.#pingedMs = undefined;
      return 'nothing';
    }
    if (this.#pingedMs !== undefined) return nowMs - this.#pingedMs >= this.#keepalive.timeoutMs ? 'end' : 'nothing';
    if (nowMs - this.#heardMs < this.#keepalive.intervalMs) return 'nothing';
    this.#pingedMs = nowMs;
    return 'ping';
  }
}

/** How often connections are looked at. Undefined: never, there is nothing to wait for. */
export function lookIntervalMs({ intervalMs, timeoutMs }: Keepalive): number | undefined {
  if (intervalMs === Number.POSITIVE_INFINITY || timeoutMs === Number.POSITIVE_INFINITY) return undefined;
  return Math.min(30_000, Math.max(100, Math.min(intervalMs, timeoutMs) / 4));
}
