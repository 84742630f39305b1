/** A connection to a database server while somebody has it: one transaction at a time. */
import { DriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { HeldLock, LockNumber } from '../../mvcc/writes/state-cache.ts';
import type { Row } from '../../sql/statement.ts';

/**
 * `snapshot`: reads see one moment, taken with the first query. `exclusive`: holds the revision lock, so that reads see everything committed before, and nobody else writes.
 * `none`: each query for itself.
 */
export type TransactionKind = 'snapshot' | 'exclusive' | 'none';

export interface TransactionOptions {
  /** How long one answer may take, where it is not `databaseAnswerMsMax`. */
  readonly answerMsMax?: number;
  /** For a transaction of writes. A session reads it after COMMIT where the answer to COMMIT alone does not prove that the transaction was committed. */
  readonly proof?: CommitProof;
}

/** A row that the transaction wrote, and nobody else writes. */
export interface CommitProof {
  readonly query: Query;
  /** Whether the rows of the query are the transaction's. */
  holds(found: readonly Row[]): boolean;
}

/** A transaction of writes in one request: it does nothing where the store is not as the writer takes it to be. */
export interface GuardedWrite {
  /** What the row of the revision lock must hold. */
  readonly found: LockNumber;
  /** What it holds afterwards. */
  readonly left: LockNumber;
  /** Names that no row of table `kine` may have. */
  readonly unusedNames: readonly string[];
  /** Changes by lists. */
  readonly queries: readonly Query[];
}

export interface Session {
  /** The lock of an `exclusive` transaction, from the first answer on. */
  readonly lock: HeldLock;
  /** How long the last commit took, in ms. */
  readonly commitMs: number;
  /**
   * Begins a transaction, whose first queries may be given here: their rows are dropped. It costs no way to the server of its own, what is run next takes it along.
   */
  begin(kind: TransactionKind, first?: readonly Query[], options?: TransactionOptions): void;
  /**
   * Runs queries that do not need each other's rows, in one go where the database can; the rows of each. A transaction may be committed along with its last
   * ones: this then rejects as `commit` does.
   */
  run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]>;
  /** Commits the transaction. Rejects with `CommitInDoubt` when it may or may not have been committed. */
  commit(): Promise<void>;
  /** Ends the transaction without its effects. */
  rollback(): Promise<void>;
  /** Whether it was done. Rejects with `CommitInDoubt` when it may or may not have been; with anything else when it was not. */
  writeGuarded(write: GuardedWrite): Promise<boolean>;
}

/** The commit may or may not have been made: the connection was lost before the answer, or a cluster refused the commit. The cause is the failure as tine's error. */
export class CommitInDoubt extends DriverError {
  /** What the transaction's work came to: it counts if the commit was made. */
  result: unknown;

  constructor(cause: Error) {
    super(cause instanceof DriverError ? cause.kind : 'lost', 'the commit may or may not have been made', { cause });
  }
}
