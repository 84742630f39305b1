import type { DriverError, DriverErrorKind } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import { SparseLog } from '../../sparse-log.ts';
import { serverLimits } from '../server-limits.ts';

/** Logs what went wrong with requests, without a line for each of thousands that fail for one reason. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #weather = new Map<DriverErrorKind, SparseLog>();

  readonly #internal: SparseLog;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#internal = new SparseLog({
      logger,
      level: 'error',
      message: 'a request failed on a fault of this server',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  /** The database's weather. Every client meets it at once and tries again: one line a second says it, for each kind, so that none hides another. */
  database({ kind, message }: DriverError): void {
    this.#of(kind).write(() => ({ kind, reason: message }));
  }

  /** A bug, with its stack. A client may cause it with each of its requests. */
  internal(error: unknown): void {
    this.#internal.write(() => ({ error }));
  }

  #of(kind: DriverErrorKind): SparseLog {
    const known = this.#weather.get(kind);
    if (known !== undefined) return known;
    const log = new SparseLog({
      logger: this.#logger,
      message: 'the database failed a request',
      linesMax: 1,
      intervalMs: serverLimits.databaseFaultLogIntervalMs,
    });
    this.#weather.set(kind, log);
    return log;
  }
}
