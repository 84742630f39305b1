import { readFileSync } from 'node:fs';
import { waitFor } from './wait.ts';

/**
 * Sends SIGKILL to a process and its children at once, as a power cut would end them. Resolves when
 * the children have ended.
 */
export async function killWithChildren(pid: number): Promise<void> {
  // A stopped parent starts no more children and does not handle the end of a child.
  process.kill(pid, 'SIGSTOP');
  const children = childrenOf(pid);
  for (const one of [...children, pid]) send(one, 'SIGKILL');
  await waitFor('the children to end', () => children.every(hasEnded), { intervalMs: 5 });
}

/**
 * Stops a process and its children, which then neither answer nor end, also on a request. Returns
 * the function that resumes them.
 */
export function freezeWithChildren(pid: number): () => void {
  process.kill(pid, 'SIGSTOP');
  const children = childrenOf(pid);
  for (const one of children) process.kill(one, 'SIGSTOP');
  return () => {
    for (const one of [...children, pid]) send(one, 'SIGCONT');
  };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** A zombie has released everything. In a container there may be no process that reaps it. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
