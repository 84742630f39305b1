/** The bounds of tracing. */
export const tracingLimits = {
  /** Spans that wait to be sent: about 7 MiB. Further ones are dropped. */
  waitingSpansMax: 4_096,
  /** Spans of one message to the collector. */
  messageSpansMax: 512,
  /** The longest time that a span waits for its message. */
  sendIntervalMs: 1_000,
  /** The time limit of one message. */
  sendTimeoutMs: 5_000,
  /** The time that the last spans have at a stop. */
  flushMsMax: 2_000,
  /** A collector that is away fails every message. One line in this time is enough. */
  failureLinesIntervalMs: 60_000,
} as const;
