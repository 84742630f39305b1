import { findOnPath } from './paths.ts';

/**
 * Every `slowEvery`-th sync is slow, or the sync with the number `failsAt`, counted per thread,
 * fails, or this one and all later ones fail.
 */
export type SyncFault = { readonly slowEvery: number } | { readonly failsAt: number } | { readonly failsFrom: number };

export const slowSyncMs = 50;

/** Debian's package `strace`. */
export function findStrace(): string | undefined {
  return findOnPath('strace');
}

/**
 * The prefix of a command that gives the process a disk with this fault. The process keeps its id.
 */
export function withSyncFault(fault: SyncFault): string[] {
  const strace = findStrace();
  if (strace === undefined) throw new Error('strace is not on this machine: install the Debian package strace');
  const inject = `inject=fsync,fdatasync:${injected(fault)}`;
  return [strace, '-D', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', inject];
}

function injected(fault: SyncFault): string {
  if ('failsFrom' in fault) return `error=EIO:when=${fault.failsFrom}+`;
  if ('failsAt' in fault) return `error=EIO:when=${fault.failsAt}`;
  return `delay_exit=${slowSyncMs * 1_000}:when=${fault.slowEvery}+${fault.slowEvery}`;
}
