import type { DriverError, DriverErrorKind } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { serverLimits } from './server-limits.ts';
import { SparingLog } from './sparing-log.ts';

/** Logs what went wrong with requests, without a line for each of thousands that fail for one reason. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #weather = new Map<DriverErrorKind, SparingLog>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The database's weather. Every client meets it at once and tries again: one line a second says it, for each kind, so that none hides another. */
  database({ kind, message }: DriverError): void {
    this.#of(kind).warn({ kind, reason: message }, 'the database failed a request');
  }

  /** A bug, with its stack. */
  internal(error: unknown): void {
    this.#logger.error({ error }, 'a request failed on a fault of this server');
  }

  #of(kind: DriverErrorKind): SparingLog {
    const known = this.#weather.get(kind);
    if (known !== undefined) return known;
    const log = new SparingLog(this.#logger, serverLimits.databaseFaultLogIntervalMs);
    this.#weather.set(kind, log);
    return log;
  }
}
