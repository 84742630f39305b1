import type { TxnOperation, TxnStep, WriteOperation } from '../mvcc/operations.ts';
import type { TxnResult, WriteResult } from '../mvcc/results.ts';
import { doublingBounds, Histogram } from '../statistics/histogram.ts';

/** Buckets for TTLs of leases in seconds, as in etcd: one second to three months. */
const leaseTtlBounds = doublingBounds(1, 24);

/**
 * Counts of the operations of this instance since its start. As in etcd, each step of a transaction
 * is counted.
 */
export class OperationCounts {
  ranges = 0;
  puts = 0;
  deletes = 0;
  /** Transactions of two steps or more. */
  txns = 0;
  /** Bytes of keys and values that were put. */
  putBytes = 0;
  readonly leases = { granted: 0, revoked: 0, renewed: 0, expired: 0 };
  readonly leaseTtls = new Histogram(leaseTtlBounds);
  readonly compaction = { rows: 0, chunks: 0, idsLeft: 0, lastUnixSeconds: 0 };

  /** Counts a finished write. */
  done(operation: WriteOperation, result: WriteResult): void {
    switch (result.kind) {
      case 'put':
      case 'delete':
        this.#step(operation as TxnStep);
        break;
      case 'txn':
        if (this.#steps(operation as TxnOperation, result) > 1) this.txns += 1;
        break;
      case 'compact':
        this.compaction.lastUnixSeconds = Math.floor(Date.now() / 1000);
        break;
      case 'compactChunk':
        this.compaction.chunks += 1;
        this.compaction.rows += result.deletedRows;
        this.compaction.idsLeft = result.idsLeft;
        break;
      case 'leaseGrant':
        this.leases.granted += 1;
        if (operation.kind === 'leaseGrant') this.leaseTtls.observe(operation.ttlSeconds);
        break;
      case 'leaseRevoke':
        this.leases.revoked += 1;
        break;
      case 'leaseExpire':
        if (!result.expired) break;
        // As in etcd, where a due lease is revoked.
        this.leases.revoked += 1;
        this.leases.expired += 1;
        break;
      default:
    }
  }

  /** Counts the steps of the branch that was taken. Returns their number. */
  #steps({ success, failure }: TxnOperation, result: TxnResult): number {
    const steps = result.succeeded ? success : failure;
    let count = 0;
    for (const [index, step] of steps.entries()) {
      const inner = result.responses[index];
      if (step.kind === 'txn' && inner?.kind === 'txn') count += this.#steps(step, inner);
      else {
        this.#step(step);
        count += 1;
      }
    }
    return count;
  }

  #step(step: TxnStep): void {
    switch (step.kind) {
      case 'put':
        this.puts += 1;
        this.putBytes += step.key.length + step.value.length;
        break;
      case 'delete':
        this.deletes += 1;
        break;
      case 'range':
        this.ranges += 1;
        break;
      default:
    }
  }
}
