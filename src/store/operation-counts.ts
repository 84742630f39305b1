import type { TxnOperation, TxnStep, WriteOperation } from '../mvcc/operations.ts';
import type { TxnResult, WriteResult } from '../mvcc/results.ts';
import { doublingBounds, Histogram } from '../statistics/histogram.ts';

/** TTLs of leases in seconds: etcd's buckets, one second to three months. */
const leaseTtlBounds = doublingBounds(1, 24);

/** What this instance was asked for and has done since its start, counted as etcd counts it: the steps of a transaction each for itself. */
export class OperationCounts {
  ranges = 0;
  puts = 0;
  deletes = 0;
  /** Transactions of two steps or more. */
  txns = 0;
  /** Of keys and values that were put. */
  putBytes = 0;
  readonly leases = { granted: 0, revoked: 0, renewed: 0, expired: 0 };
  readonly leaseTtls = new Histogram(leaseTtlBounds);
  readonly compaction = { rows: 0, chunks: 0, idsLeft: 0, lastUnixSeconds: 0 };

  /** Counts a write that was done. */
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
      case 'compactBite':
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
        // As in etcd, where a lease that is due is revoked.
        this.leases.revoked += 1;
        this.leases.expired += 1;
        break;
      default:
    }
  }

  /** The steps of the branch that was taken; how many there were. */
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
