/** The progress of work with several parts, such as a copy: each part has its own bar. */
import { startProgress, type TaskProgress } from '../../kit/terminal/progress.ts';
import { type LineStream, ReplacedLine } from '../../kit/terminal/replaced-line.ts';

export interface Progress {
  /**
   * Reports a position. May be called at any rate. Another `what` is the next part of the work.
   * `total` undefined: not known. `unit`: `bytes`, if bytes are counted.
   */
  update(what: string, done: number, total?: number, unit?: string): void;
  /** Shows the state of work without an end, in place of the one before. Has the same rate. */
  show(state: string): void;
  /** Prints a line. */
  print(line: string): void;
}

/** For work that no person watches. */
export const noProgress: Progress = { update: () => {}, show: () => {}, print: () => {} };

/** Runs work and reports its progress on a stream, which has no bar left afterwards. */
export async function withProgress<Result>(
  work: (progress: Progress) => Promise<Result>,
  stream: LineStream = process.stderr,
): Promise<Result> {
  const state = new ReplacedLine(stream);
  let part: { readonly what: string; readonly task: TaskProgress } | undefined;
  const erase = (): void => {
    part?.task.finish();
    part = undefined;
    state.erase();
  };
  try {
    return await work({
      update: (what, done, total, unit) => {
        if (part?.what === what) return part.task.reach(done);
        erase();
        part = { what, task: startProgress({ what, total, done, unit }, stream) };
      },
      show: (text) => {
        if (!state.isDue) return;
        erase();
        state.show(text.slice(0, state.columnsMax));
      },
      print: (line) => {
        erase();
        stream.write(`${line}\n`);
      },
    });
  } finally {
    erase();
  }
}
