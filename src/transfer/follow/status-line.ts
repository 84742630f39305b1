/**
 * What a copy that follows its source prints on standard error: one line that changes on a
 * terminal, and a line every 10 s elsewhere.
 */
import { openProgress, type Progress } from '../copy/progress.ts';

const terminalIntervalMs = 250;
const logIntervalMs = 10_000;

/** Moves to the start of the line and clears it. */
const clearLine = '\r\u001b[K';

export interface StatusLine extends Progress {
  /** Shows the present state, in place of the one before. May be called at any rate. */
  show(text: string): void;
  /** Ends the line. */
  end(): void;
}

export function statusLineOn(stream: NodeJS.WriteStream): StatusLine {
  const isTerminal = stream.isTTY;
  const intervalMs = isTerminal ? terminalIntervalMs : logIntervalMs;
  const progress = openProgress(stream);
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  const end = (): void => {
    progress.finish();
    if (isShown) stream.write(clearLine);
    isShown = false;
  };
  return {
    show: (text) => {
      if (performance.now() - shownAtMs < intervalMs) return;
      shownAtMs = performance.now();
      end();
      stream.write(isTerminal ? text : `${text}\n`);
      isShown = isTerminal;
    },
    update: (...position) => {
      if (isShown) end();
      progress.update(...position);
    },
    print: (line) => {
      end();
      progress.print(line);
    },
    end,
  };
}
