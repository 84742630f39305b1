import { readFileSync } from 'node:fs';
import { waitFor } from './wait.ts';

/** SIGKILL to a process and its children at once, as a power cut would end them; resolves when the children are gone. */
export async function killWithChildren(pid: number): Promise<void> {
  // A stopped parent starts no more children and takes no notice of those that die.
  process.kill(pid, 'SIGSTOP');
  const children = childrenOf(pid);
  for (const one of [...children, pid]) sendKill(one);
  await waitFor('the children to end', () => children.every(hasEnded), { intervalMs: 5 });
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** A zombie has given back all it held: in a container there may be nobody who collects it. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
