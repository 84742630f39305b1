/** Runs the operations of a refused batch one by one. */
import { limits } from '../../limits.ts';
import { serializeError } from './serialized-error.ts';
import type { SerializedError } from './thread-protocol.ts';

/**
 * Returns the outcome or the failure of each operation. Each one may wait for a lock or for a disk
 * that fails slowly, and 256 of them would block all writes for minutes. So after a failure no
 * further operation begins later than `databaseAnswerMsMax`: the others get the same failure.
 */
export function writeOneByOne<Operation, Outcome>(
  operations: readonly Operation[],
  write: (operation: Operation) => Outcome,
): readonly (Outcome | { readonly failure: SerializedError })[] {
  const endMs = performance.now() + limits.databaseAnswerMsMax;
  let last: { readonly failure: SerializedError } | undefined;
  return operations.map((operation) => {
    if (last !== undefined && performance.now() >= endMs) return last;
    try {
      return write(operation);
    } catch (error) {
      last = { failure: serializeError(error) };
      return last;
    }
  });
}
