/** Decides from its size where work runs: small work takes less than 1 ms of SQLite. */

import { limits } from '../../../limits.ts';
import type { Keys } from '../../../mvcc/ids.ts';
import type { TxnStep, WriteOperation } from '../../../mvcc/operations.ts';
import type { ReadInput, ReadName } from '../../../mvcc/read-programs.ts';
import { headId } from '../../../sql/rows/head-row.ts';
import type { Row } from '../../../sql/statement.ts';

/**
 * Small work always runs on the event loop, medium work while the budget has time for it, large
 * work in a thread.
 */
export type WorkSize = 'small' | 'medium' | 'large';

export function batchSize(operations: readonly WriteOperation[], expectedReadBytes: number): WorkSize {
  const bytes = operations.reduce((sum, operation) => sum + sizeOf(operation), expectedReadBytes);
  return bytes <= limits.eventLoopBytesMax ? sizeOfCount(operations.length) : 'large';
}

/**
 * The size of a read, which is small if it looks up a few rows by their keys or ids. `head`: the
 * last row of statement HEAD, if there is one.
 */
export function readSize(name: ReadName, input: unknown, head: Row | undefined): WorkSize {
  switch (name) {
    case 'head':
    case 'nextLeases':
    case 'alarms':
    case 'idsToCompact':
    case 'leaseClock':
    case 'membersSince':
    case 'tokenSecret':
      return 'small';
    case 'idBefore':
      // Watches that start in the past come in large numbers, after a restart of an API server.
      return 'medium';
    case 'lease':
      // A lease may have any number of keys.
      return (input as ReadInput<'lease'>).keys ? 'large' : 'small';
    case 'points':
      return sizeOfCount((input as ReadInput<'points'>).length);
    case 'eventsAfter': {
      const { afterId } = input as ReadInput<'eventsAfter'>;
      return head === undefined ? 'large' : sizeOfCount(headId(head) - afterId);
    }
    case 'rangePages':
      return beginsPlainList(input as ReadInput<'rangePages'>) ? 'medium' : 'large';
    case 'leasesById':
      return sizeOfCount((input as ReadInput<'leasesById'>).length);
    default:
      return 'large';
  }
}

/** The size of work on a number of operations or rows with few bytes. */
export function sizeOfCount(count: number): WorkSize {
  if (count <= limits.eventLoopSmallMax) return 'small';
  return count <= limits.eventLoopMediumMax ? 'medium' : 'large';
}

/**
 * Whether a list starts at its first key and is read in key order. It ends after a few rows, or a
 * thread continues it. Other lists are sorted, filtered or counted as a whole.
 */
function beginsPlainList({ operation, position }: ReadInput<'rangePages'>): boolean {
  const { sort, revisionFilter, countOnly, limit, revision } = operation;
  return !(position || sort || revisionFilter || countOnly) && limit === 0 && revision <= 0;
}

const unbounded = Number.POSITIVE_INFINITY;

/**
 * Bytes to write, plus a share for each key to look up. Infinite if the work is not known in
 * advance.
 */
function sizeOf(operation: WriteOperation | TxnStep): number {
  switch (operation.kind) {
    case 'put':
      return stepBytes + operation.value.length;
    case 'delete':
    case 'range':
      return keysSize(operation.keys);
    case 'txn':
      return (
        operation.compares.reduce((sum, { keys }) => sum + keysSize(keys), 0) +
        [...operation.success, ...operation.failure].reduce((sum, step) => sum + sizeOf(step), 0)
      );
    case 'leaseGrant':
    case 'leaseTick':
    case 'memberAnnounce':
    case 'memberDrop':
      return stepBytes;
    case 'leaseRenew':
      return stepBytes * operation.ids.length;
    default:
      return unbounded;
  }
}

function keysSize(keys: Keys): number {
  return 'one' in keys ? stepBytes : unbounded;
}

/** The look-up of a key takes as long as the write of this many bytes of a value. */
const stepBytes = 4 * 1024;
