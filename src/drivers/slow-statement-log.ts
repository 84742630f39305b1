import { durationText } from '../kit/amount-text.ts';
import { SparseLog } from '../kit/sparse-log.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { SlowStatement } from './driver-statistics.ts';

/** Logs slow statements by their names, never with their parameters. */
export class SlowStatementLog {
  readonly #log: SparseLog;

  constructor(logger: Logger) {
    this.#log = new SparseLog({
      logger,
      message: 'statement took too long',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  log({ name, ms, rows }: SlowStatement): void {
    this.#log.write(() => ({ statement: name, took: durationText(ms), rows }));
  }
}
