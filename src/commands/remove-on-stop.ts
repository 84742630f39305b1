import { removeTemporaryPaths } from '../kit/temporary-paths.ts';
import { onSignals } from './stop-signal.ts';

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs work. A stop signal removes its temporary files, and then ends the process as usual. */
export async function removingOnStop<Result>(work: () => Promise<Result>): Promise<Result> {
  const dispose = onSignals(stopSignals, (signal) => {
    removeTemporaryPaths();
    dispose();
    process.kill(process.pid, signal);
  });
  try {
    return await work();
  } finally {
    dispose();
  }
}
