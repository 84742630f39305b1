/** The progress of work with several parts, such as a copy: each part has its own bar. */
import { type ProgressStream, startProgress, type TaskProgress } from '../../kit/progress.ts';

export interface Progress {
  /**
   * Reports a position. May be called at any rate. Another `what` is the next part of the work.
   * `total` undefined: not known. `unit`: `bytes`, if bytes are counted.
   */
  update(what: string, done: number, total?: number, unit?: string): void;
  /** Prints a line. */
  print(line: string): void;
}

/** For work that no person watches. */
export const noProgress: Progress = { update: () => {}, print: () => {} };

/** A progress that must be ended: it may have drawn a bar. */
export interface OpenProgress extends Progress {
  /** Removes the bar. */
  finish(): void;
}

/** Reports on a stream. */
export function openProgress(stream: ProgressStream): OpenProgress {
  let part: { readonly what: string; readonly task: TaskProgress } | undefined;
  const finish = (): void => {
    part?.task.finish();
    part = undefined;
  };
  return {
    finish,
    update: (what, done, total, unit) => {
      if (part?.what === what) return part.task.reach(done);
      finish();
      part = { what, task: startProgress({ what, total, done, unit }, stream) };
    },
    print: (line) => {
      finish();
      stream.write(`${line}\n`);
    },
  };
}

/** Runs work and reports its progress on a stream, which has no bar left afterwards. */
export async function withProgress<Result>(
  work: (progress: Progress) => Promise<Result>,
  stream: ProgressStream = process.stderr,
): Promise<Result> {
  const progress = openProgress(stream);
  try {
    return await work(progress);
  } finally {
    progress.finish();
  }
}
