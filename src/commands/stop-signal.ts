const stopSignals = ['SIGTERM', 'SIGINT'] as const;

// npm passes on the Ctrl-C that the terminal has sent to every process already: the echo is no second wish.
const ctrlCEchoMs = 300;

export interface StopSignal {
  /** Resolves with the name of the first signal to stop. */
  readonly received: Promise<NodeJS.Signals>;
  readonly dispose: () => void;
}

/** Waits for SIGTERM or SIGINT; another one after the first ends the process at once, as if nobody listened. */
export function listenForStop(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const isFirst = firstAt === undefined;
    firstAt ??= performance.now();
    resolve(signal);
    if (isFirst || (signal === 'SIGINT' && performance.now() - firstAt <= ctrlCEchoMs)) return;
    dispose();
    process.kill(process.pid, signal);
  };
  const dispose = (): void => {
    for (const signal of stopSignals) process.off(signal, onSignal);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  return { received: promise, dispose };
}
