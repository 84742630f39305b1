import { removeTemporaryPaths } from '../kit/temporary-paths.ts';

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs work. A stop signal removes its temporary files, and then ends the process as usual. */
export async function removingOnStop<Result>(work: () => Promise<Result>): Promise<Result> {
  const onSignal = (signal: NodeJS.Signals): void => {
    removeTemporaryPaths();
    dispose();
    process.kill(process.pid, signal);
  };
  const dispose = (): void => {
    for (const signal of stopSignals) process.off(signal, onSignal);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    dispose();
  }
}
