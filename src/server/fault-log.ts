import type { DriverError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { serverLimits } from './server-limits.ts';
import { SparingLog } from './sparing-log.ts';

/** Logs what went wrong with requests, without a line for each of thousands that fail for one reason. */
export class FaultLog {
  readonly #logger: Logger;
  readonly #weather: SparingLog;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#weather = new SparingLog(logger, serverLimits.databaseFaultLogIntervalMs);
  }

  /** The database's weather. Every client meets it at once and tries again: one line a second says it. */
  database({ kind, message }: DriverError): void {
    this.#weather.warn({ kind, reason: message }, 'the database failed a request');
  }

  /** A bug, with its stack. */
  internal(error: unknown): void {
    this.#logger.error({ error }, 'a request failed on a fault of this server');
  }
}
