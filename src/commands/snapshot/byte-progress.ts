/**
 * The progress of a transfer on standard error, with its rate and the time left: a line that is
 * written over every half second on a terminal, and a line every 10 s elsewhere.
 */
import { bytesText } from '../../kit/bytes-text.ts';

const terminalIntervalMs = 500;
const logIntervalMs = 10_000;

export interface ByteProgress {
  readonly update: (doneBytes: number, totalBytes: number) => void;
  /** Prints the last state, once. */
  readonly end: () => void;
}

export function byteProgress(
  stream: { readonly isTTY?: boolean | undefined; write(text: string): unknown },
  what: string,
  nowMs: () => number = () => performance.now(),
): ByteProgress {
  const isTerminal = stream.isTTY === true;
  const intervalMs = isTerminal ? terminalIntervalMs : logIntervalMs;
  const beganAtMs = nowMs();
  let printedAtMs = beganAtMs;
  let last: string | undefined;
  let printed: string | undefined;
  const print = (line: string): void => {
    stream.write(isTerminal ? `\r${line}\x1b[K` : `${line}\n`);
    printed = line;
    printedAtMs = nowMs();
  };
  return {
    update(doneBytes, totalBytes) {
      last = `${what}: ${progressText({ doneBytes, totalBytes, ms: nowMs() - beganAtMs })}`;
      if (nowMs() - printedAtMs >= intervalMs) print(last);
    },
    end() {
      if (last === undefined) return;
      if (last !== printed) print(last);
      if (isTerminal) stream.write('\n');
      last = undefined;
    },
  };
}

function progressText({ doneBytes, totalBytes, ms }: { doneBytes: number; totalBytes: number; ms: number }): string {
  const share = totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100);
  const done = `${bytesText(doneBytes)} of ${bytesText(totalBytes)} (${share} %)`;
  if (ms <= 0 || doneBytes === 0) return done;
  const bytesPerMs = doneBytes / ms;
  const leftSeconds = Math.ceil((totalBytes - doneBytes) / bytesPerMs / 1000);
  const left = leftSeconds === 0 ? '' : `, ${timeText(leftSeconds)} left`;
  return `${done}, ${bytesText(Math.round(bytesPerMs * 1000))}/s${left}`;
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
