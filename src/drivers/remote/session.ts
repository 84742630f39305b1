/** A connection to a database server while it is in use: one transaction at a time. */
import { DriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { HeldLock, LockNumber } from '../../mvcc/writes/state-cache.ts';
import type { Row } from '../../sql/statement.ts';
import type { StepLog } from '../../statistics/step-log.ts';

/**
 * `snapshot`: all reads see one snapshot, taken with the first query. `exclusive`: the transaction
 * holds the revision lock, so that its reads see everything that was committed before, and no other
 * transaction writes. `none`: each query runs by itself.
 */
export type TransactionKind = 'snapshot' | 'exclusive' | 'none';

export interface TransactionOptions {
  /** The time limit of one reply, if it is not `databaseAnswerMsMax`. */
  readonly replyMsMax?: number;
  /**
   * For a transaction of writes. The session reads the proof after COMMIT where the reply to COMMIT
   * alone does not prove the commit.
   */
  readonly proof?: CommitProof;
  /** Receives the statements. Undefined: the transaction is not traced. */
  readonly steps?: StepLog | undefined;
}

/** A row that only this transaction writes. */
export interface CommitProof {
  readonly query: Query;
  /** Whether the rows of the query belong to the transaction. */
  holds(found: readonly Row[]): boolean;
}

/**
 * A transaction of writes in one request. It has no effect if the store differs from the state that
 * the writer expects.
 */
export interface GuardedWrite {
  /** The value that the row of the revision lock must hold. */
  readonly found: LockNumber;
  /** The value that the row holds afterwards. */
  readonly left: LockNumber;
  /** Names that no row of table `kine` may have. */
  readonly unusedNames: readonly string[];
  /** Statements that change rows by lists. */
  readonly queries: readonly Query[];
  /** Receives the statements. Undefined: the write is not traced. */
  readonly steps?: StepLog | undefined;
}

export interface Session {
  /** The lock of an `exclusive` transaction, available from the first reply on. */
  readonly lock: HeldLock;
  /** The time of the last commit, in ms. */
  readonly commitMs: number;
  /**
   * Begins a transaction. `first` are its first queries, whose rows are dropped. This costs no
   * round trip: the next `run` sends it along.
   */
  begin(kind: TransactionKind, first?: readonly Query[], options?: TransactionOptions): void;
  /**
   * Runs queries that do not need each other's rows, in one round trip where the database can.
   * Returns the rows of each. A transaction may be committed together with its last queries; then
   * this rejects as `commit` does.
   */
  run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]>;
  /**
   * Commits the transaction. Rejects with `CommitInDoubt` if it may or may not have been committed.
   */
  commit(): Promise<void>;
  /** Rolls the transaction back. */
  rollback(): Promise<void>;
  /**
   * Runs a guarded write. Returns whether it was done. Rejects with `CommitInDoubt` if it may or
   * may not have been done, and with any other error if it was not.
   */
  writeGuarded(write: GuardedWrite): Promise<boolean>;
}

/**
 * The commit may or may not have been made: the connection was lost before the reply, or a cluster
 * refused the commit. The cause is the failure as tine's error.
 */
export class CommitInDoubt extends DriverError {
  /** The result of the transaction if the commit was made. */
  result: unknown;

  constructor(cause: Error) {
    super(cause instanceof DriverError ? cause.kind : 'lost', 'the commit may or may not have been made', { cause });
  }
}
