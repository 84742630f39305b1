/**
 * What a copy that follows its source prints on standard error: one line that changes on a
 * terminal, and a line every 10 s elsewhere.
 */
import type { Progress } from '../copy/progress.ts';

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
  let shownAtMs = Number.NEGATIVE_INFINITY;
  const show = (text: string): void => {
    if (performance.now() - shownAtMs < intervalMs) return;
    shownAtMs = performance.now();
    stream.write(isTerminal ? clearLine + text : `${text}\n`);
  };
  return {
    show,
    update: (what, done, total) =>
      show(total === undefined || total === 0 ? `${what}: ${done}` : `${what}: ${done} of ${total}`),
    print: (line) => void stream.write(`${isTerminal ? clearLine : ''}${line}\n`),
    end: () => {
      if (isTerminal) stream.write(clearLine);
    },
  };
}
