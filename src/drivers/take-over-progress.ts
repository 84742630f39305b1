import type { Logger } from 'pino';
import { startProgress, type TaskProgress } from '../kit/terminal/progress.ts';
import type { LineStream } from '../kit/terminal/replaced-line.ts';
import type { ReportTakeOver } from '../mvcc/start-up/take-over.ts';

/**
 * Runs a start, and reports the take-over of rows that kine wrote: millions of rows take minutes.
 * The report is a bar on a terminal, otherwise lines of the log.
 */
export async function withTakeOverProgress<Result>(
  logger: Logger,
  start: (report: ReportTakeOver) => Promise<Result>,
): Promise<Result> {
  const stream = process.stderr.isTTY ? process.stderr : logLines(logger);
  let progress: TaskProgress | undefined;
  try {
    return await start((done, total) => {
      progress ??= startProgress({ what: 'taking over rows that kine wrote', total }, stream);
      progress.reach(done);
    });
  } finally {
    progress?.finish();
  }
}

function logLines(logger: Logger): LineStream {
  return {
    write: (line: Uint8Array | string) => {
      logger.info(String(line).trimEnd());
      return true;
    },
  };
}
