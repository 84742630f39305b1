/** Keepalive pings, which find dead connections. Infinity: never. */
export interface Keepalive {
  /** Connections of clients that ping more often are closed. */
  readonly clientIntervalMinMs: number;
  /** A client is pinged after this time without data from it. */
  readonly intervalMs: number;
  /** How long a client may take to answer a ping. */
  readonly timeoutMs: number;
}
