/** Says on standard error how far a copy is: every second to a person at a terminal, seldom to a log. */

const terminalIntervalMs = 1_000;
const logIntervalMs = 30_000;

export interface Progress {
  /** May be called as often as one likes. `total` undefined: it is not known. */
  update(what: string, done: number, total?: number): void;
  print(line: string): void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  const intervalMs = stream.isTTY ? terminalIntervalMs : logIntervalMs;
  let saidAtMs = performance.now();
  return {
    update(what, done, total) {
      if (performance.now() - saidAtMs < intervalMs) return;
      saidAtMs = performance.now();
      const share = total === undefined || total === 0 ? '' : ` of ${total} (${Math.floor((done / total) * 100)} %)`;
      stream.write(`${what}: ${done}${share}\n`);
    },
    print: (line) => void stream.write(`${line}\n`),
  };
}
