import { durationText } from '../../kit/duration-text.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import type { EndedCall, SlowCallLog } from '../transport/grpc/grpc-call.ts';

const message = 'request stats';

/** Logs slow unary calls, and all unary calls at level debug. The text and the names are etcd's. */
export class SlowCalls implements SlowCallLog {
  readonly thresholdMs: number;
  readonly #logger: Logger;
  readonly #logsAll: boolean;
  readonly #log: SparseLog;

  constructor({ logger, thresholdMs }: { readonly logger: Logger; readonly thresholdMs: number }) {
    this.#logger = logger;
    this.#logsAll = logger.isLevelEnabled('debug');
    this.thresholdMs = this.#logsAll ? -1 : thresholdMs;
    this.#log = new SparseLog({
      logger,
      message,
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  report(call: EndedCall): void {
    if (this.#logsAll) this.#logger.debug(fieldsOf(call), message);
    else this.#log.write(() => fieldsOf(call));
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
