import { durationText } from '../../kit/amount-text.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import { serverLimits } from '../server-limits.ts';
import type { EndedCall, SlowCallLog } from '../transport/grpc/grpc-call.ts';

const message = 'request stats';

/** A slow call, with the time at which it ended. */
export interface RecentSlowCall extends EndedCall {
  readonly endedUnixMs: number;
}

/**
 * Logs slow unary calls, and all unary calls at level debug. The text and the names are etcd's. It
 * remembers the newest slow calls.
 */
export class SlowCalls implements SlowCallLog {
  readonly thresholdMs: number;
  /** Calls that take longer are slow. */
  readonly slowMs: number;
  readonly #recent: RecentSlowCall[] = [];
  readonly #logger: Logger;
  readonly #logsAll: boolean;
  readonly #log: SparseLog;

  constructor({ logger, thresholdMs }: { readonly logger: Logger; readonly thresholdMs: number }) {
    this.#logger = logger;
    this.#logsAll = logger.isLevelEnabled('debug');
    this.slowMs = thresholdMs;
    this.thresholdMs = this.#logsAll ? -1 : thresholdMs;
    this.#log = new SparseLog({
      logger,
      message,
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  /** The newest slow calls, newest first. */
  get recent(): readonly RecentSlowCall[] {
    return this.#recent.toReversed();
  }

  report(call: EndedCall): void {
    if (call.tookMs > this.slowMs) this.#remember(call);
    if (this.#logsAll) this.#logger.debug(fieldsOf(call), message);
    else this.#log.write(() => fieldsOf(call));
  }

  #remember(call: EndedCall): void {
    this.#recent.push({ ...call, endedUnixMs: Date.now() });
    if (this.#recent.length > serverLimits.recentSlowCallsMax) this.#recent.shift();
  }
}

function fieldsOf({ path, peer, tookMs, code, requestBytes, replyBytes, about }: EndedCall): object {
  return {
    'start time': new Date(Date.now() - tookMs).toISOString(),
    'time spent': durationText(tookMs),
    remote: peer,
    'response type': path,
    'grpc code': code,
    'request size': requestBytes,
    'response size': replyBytes,
    'request content': about,
  };
}
