import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import { SparseLog } from '../sparse-log.ts';
import { durationText } from '../text/duration-text.ts';
import type { SlowStatement } from './driver-statistics.ts';

/** Tells of statements that take long, by their names: never with what they were given. */
export class SlowStatementLog {
  readonly #log: SparseLog;

  constructor(logger: Logger) {
    this.#log = new SparseLog({
      logger,
      message: 'a statement took long',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  log({ name, ms, rows }: SlowStatement): void {
    this.#log.write(() => ({ statement: name, took: durationText(ms), rows }));
  }
}
