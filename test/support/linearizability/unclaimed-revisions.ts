import type { Operation } from './recording.ts';

/**
 * The first revision after the given one without an acknowledged write: the earliest that a write
 * in doubt may have.
 */
export type NextUnclaimed = (revision: number) => number;

/** @param until operations that returned later count as in doubt. */
export function unclaimedRevisions(operations: readonly Operation[], until = Number.POSITIVE_INFINITY): NextUnclaimed {
  const claimed = new Set<number>();
  for (const { reply, returned } of operations) if (reply?.wrote && returned <= until) claimed.add(reply.revision);
  const next = new Map<number, number>();
  for (const revision of [...claimed].sort((left, right) => right - left))
    next.set(revision, next.get(revision + 1) ?? revision + 1);
  return (revision) => next.get(revision + 1) ?? revision + 1;
}
