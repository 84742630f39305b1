/**
 * Metrics of the process from the operating system, with the names that etcd adds to Prometheus's
 * usual ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Family } from './family.ts';
import { gauge } from './family.ts';

/** Empty on systems without /proc. */
export function descriptorFamilies(): readonly Family[] {
  const used = openDescriptors();
  const limit = descriptorLimit();
  return [
    ...(used === undefined ? [] : [gauge('os_fd_used', 'The number of used file descriptors.', used)]),
    ...(limit === undefined ? [] : [gauge('os_fd_limit', 'The file descriptor limit.', limit)]),
  ];
}

function openDescriptors(): number | undefined {
  const entries = orUndefined(() => readdirSync('/proc/self/fd'));
  // One of them is the directory that is being read.
  return entries === undefined ? undefined : entries.length - 1;
}

function descriptorLimit(): number | undefined {
  const limits = orUndefined(() => readFileSync('/proc/self/limits', 'utf8'));
  const soft = limits?.match(/^Max open files\s+(\S+)/m)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
