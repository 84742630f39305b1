import type { DriverError, DriverErrorKind } from '../../errors.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import { serverLimits } from '../server-limits.ts';

/** Logs failed requests. Thousands of failures for one reason become a few lines. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #databaseLogs = new Map<DriverErrorKind, SparseLog>();

  readonly #internal: SparseLog;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#internal = new SparseLog({
      logger,
      level: 'error',
      message: 'request failed because of a bug in tine',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  /**
   * Logs a failure of the database. Every client may meet it and retry, so each kind gets one line
   * a second. One kind does not hide another. The driver logs an outage.
   */
  database({ kind, message }: DriverError): void {
    if (kind === 'lost') return;
    this.#databaseLog(kind).write(() => ({ kind, reason: message }));
  }

  /** Logs a bug with its stack. A client may trigger it with each request. */
  internal(error: unknown): void {
    this.#internal.write(() => ({ err: error }));
  }

  #databaseLog(kind: DriverErrorKind): SparseLog {
    const known = this.#databaseLogs.get(kind);
    if (known !== undefined) return known;
    const log = new SparseLog({
      logger: this.#logger,
      message: 'request failed because of the database',
      linesMax: 1,
      intervalMs: serverLimits.databaseFaultLogIntervalMs,
    });
    this.#databaseLogs.set(kind, log);
    return log;
  }
}
