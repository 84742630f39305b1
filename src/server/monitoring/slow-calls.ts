import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import type { RangeOperation, WriteOperation } from '../../mvcc/operations.ts';
import { SparseLog } from '../../sparse-log.ts';
import { describeOperation } from '../../store/describe-operation.ts';
import { durationText } from '../../text/duration-text.ts';

/** A unary call that has ended. */
export interface EndedCall {
  readonly path: string;
  readonly peer: string;
  readonly tookMs: number;
  readonly code: number;
  readonly requestBytes: number;
  /** 0 when it failed. */
  readonly replyBytes: number;
  /** What it asked the store for; undefined where a call says nothing of it, as those about users do. */
  readonly operation: RangeOperation | WriteOperation | undefined;
}

const message = 'request stats';

/** Tells of unary calls that take long, and of all of them at level debug. Text and names are etcd's. */
export class SlowCalls {
  /** Calls that take longer are to be told. */
  readonly thresholdMs: number;
  readonly #logger: Logger;
  readonly #tellsAll: boolean;
  readonly #log: SparseLog;

  constructor({ logger, thresholdMs }: { readonly logger: Logger; readonly thresholdMs: number }) {
    this.#logger = logger;
    this.#tellsAll = logger.isLevelEnabled('debug');
    this.thresholdMs = this.#tellsAll ? -1 : thresholdMs;
    this.#log = new SparseLog({
      logger,
      message,
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  tell(call: EndedCall): void {
    if (this.#tellsAll) this.#logger.debug(fieldsOf(call), message);
    else this.#log.write(() => fieldsOf(call));
  }
}

function fieldsOf({ path, peer, tookMs, code, requestBytes, replyBytes, operation }: EndedCall): object {
  return {
    'start time': new Date(Date.now() - tookMs).toISOString(),
    'time spent': durationText(tookMs),
    remote: peer,
    'response type': path,
    'grpc code': code,
    'request size': requestBytes,
    'response size': replyBytes,
    'request content': operation === undefined ? '' : describeOperation(operation),
  };
}
