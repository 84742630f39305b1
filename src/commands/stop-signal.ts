const stopSignals = ['SIGTERM', 'SIGINT'] as const;

// A terminal sends Ctrl-C to every process, and npm sends it once more. A second SIGINT within this
// time is not a second request.
const ctrlCEchoMs = 300;

export interface StopSignal {
  /** Resolves with the name of the first stop signal. */
  readonly received: Promise<NodeJS.Signals>;
  readonly dispose: () => void;
}

/**
 * Waits for SIGTERM or SIGINT. A second signal ends the process at once, as if there were no
 * handler.
 */
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
  const dispose = onSignals(stopSignals, onSignal);
  return { received: promise, dispose };
}

/** Handles each of the signals until the returned function is called. */
export function onSignals(signals: readonly NodeJS.Signals[], handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
