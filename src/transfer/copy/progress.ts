/**
 * Prints the progress of a copy on standard error: every second on a terminal, every 30 s
 * elsewhere.
 */

const terminalIntervalMs = 1_000;
const logIntervalMs = 30_000;

export interface Progress {
  /** Reports a position. May be called at any rate. `total` undefined: not known. */
  update(what: string, done: number, total?: number): void;
  /** Prints a line. */
  print(line: string): void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  const intervalMs = stream.isTTY ? terminalIntervalMs : logIntervalMs;
  let printedAtMs = performance.now();
  return {
    update(what, done, total) {
      if (performance.now() - printedAtMs < intervalMs) return;
      printedAtMs = performance.now();
      const share = total === undefined || total === 0 ? '' : ` of ${total} (${Math.floor((done / total) * 100)} %)`;
      stream.write(`${what}: ${done}${share}\n`);
    },
    print: (line) => void stream.write(`${line}\n`),
  };
}
