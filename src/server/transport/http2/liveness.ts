import type { Keepalive } from '../../../config/listen/listen-keepalive.ts';

/** The action that is due. */
export type Due = 'nothing' | 'ping' | 'end';

/**
 * Checks whether the client of one connection is alive. A silent client is pinged. Its connection
 * ends if no answer comes.
 */
export class Liveness {
  readonly #keepalive: Keepalive;
  #receivedMs = performance.now();
  #pingedMs: number | undefined;
  /** Set when the client sends something, which is often. Its time is taken at the next check. */
  hasReceived = false;

  constructor(keepalive: Keepalive) {
    this.#keepalive = keepalive;
  }

  check(nowMs: number): Due {
    if (this.hasReceived) {
      this.hasReceived = false;
      this.#receivedMs = nowMs;
      this.#pingedMs = undefined;
      return 'nothing';
    }
    if (this.#pingedMs !== undefined) return nowMs - this.#pingedMs >= this.#keepalive.timeoutMs ? 'end' : 'nothing';
    if (nowMs - this.#receivedMs < this.#keepalive.intervalMs) return 'nothing';
    this.#pingedMs = nowMs;
    return 'ping';
  }
}

/** How often connections are checked. Undefined: never, because pings are off. */
export function checkIntervalMs({ intervalMs, timeoutMs }: Keepalive): number | undefined {
  if (intervalMs === Number.POSITIVE_INFINITY || timeoutMs === Number.POSITIVE_INFINITY) return undefined;
  return Math.min(30_000, Math.max(100, Math.min(intervalMs, timeoutMs) / 4));
}
