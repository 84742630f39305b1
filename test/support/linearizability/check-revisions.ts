import { describeOperation } from './describe.ts';
import type { Operation, Violation } from './recording.ts';

/**
 * Checks that headers keep real-time order. No operation has a lower revision than any operation
 * that returned before its call. A write has a higher one, and no two writes share a revision. The
 * check needs no search: it holds for each pair or not.
 */
export function checkRevisions(operations: readonly Operation[]): Violation[] {
  return [...checkOrder(operations), ...checkUnique(operations)];
}

/**
 * For each operation: of all operations that returned before its call, the one with the highest
 * revision.
 */
export function newestToldBefore(operations: readonly Operation[]): Map<Operation, Operation | undefined> {
  const moments = operations.flatMap((operation) => [
    { time: operation.called, operation, isReturn: false },
    { time: operation.returned, operation, isReturn: true },
  ]);
  moments.sort((left, right) => left.time - right.time);
  const newest = new Map<Operation, Operation | undefined>();
  let told: Operation | undefined;
  for (const { operation, isReturn } of moments) {
    if (!isReturn) newest.set(operation, told);
    else if (revisionOf(operation) > revisionOf(told)) told = operation;
  }
  return newest;
}

/** The revision of a reply. 0 without a reply. */
export function revisionOf(operation: Operation | undefined): number {
  return operation?.reply?.revision ?? 0;
}

function checkOrder(operations: readonly Operation[]): Violation[] {
  const violations: Violation[] = [];
  for (const [operation, earlier] of newestToldBefore(operations)) {
    const { reply } = operation;
    if (earlier === undefined || reply === undefined) continue;
    if (reply.revision >= revisionOf(earlier) + (reply.wrote ? 1 : 0)) continue;
    violations.push({
      what: `revision ${reply.revision} after ${revisionOf(earlier)} had been told`,
      excerpt: [earlier, operation].map(describeOperation),
    });
  }
  return violations;
}

function checkUnique(operations: readonly Operation[]): Violation[] {
  const violations: Violation[] = [];
  const takers = new Map<number, Operation>();
  for (const operation of operations) {
    if (!operation.reply?.wrote) continue;
    const earlier = takers.get(operation.reply.revision);
    takers.set(operation.reply.revision, operation);
    if (earlier === undefined) continue;
    violations.push({
      what: `two writes took revision ${operation.reply.revision}`,
      excerpt: [earlier, operation].map(describeOperation),
    });
  }
  return violations;
}
