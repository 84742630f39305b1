import type { ChildProcess } from 'node:child_process';
import { watchChild } from './reaper.ts';

/** How a process ended: its exit status or the signal that ended it. */
export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when the process ends. Also ends the process with the test process at the latest. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  watchChild(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
}
