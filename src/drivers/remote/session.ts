/** A connection to a database server while somebody has it: one transaction at a time. */
import { DriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { Row } from '../../sql/statement.ts';

/**
 * `snapshot`: reads see one moment, taken with the first query. `exclusive`: holds the revision lock, so that reads see everything committed before, and nobody else writes.
 * `none`: each query for itself.
 */
export type TransactionKind = 'snapshot' | 'exclusive' | 'none';

export interface TransactionOptions {
  /** How long one answer may take, where it is not `databaseAnswerMsMax`. */
  readonly answerMsMax?: number;
}

export interface Session {
  /**
   * Begins a transaction, whose first queries may be given here: their rows are dropped. It costs no way to the server of its own, what is run next takes it along.
   */
  begin(kind: TransactionKind, first?: readonly Query[], options?: TransactionOptions): void;
  /** Runs queries that do not need each other's rows, in one go where the database can; the rows of each. */
  run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]>;
  /** Ends the transaction. Rejects with `CommitInDoubt` when it may have been committed or not. */
  commit(): Promise<void>;
  /** Ends the transaction without its effects. */
  rollback(): Promise<void>;
}

/** The connection was lost between the request to commit and its answer. */
export class CommitInDoubt extends DriverError {
  /** What the transaction's work came to: it counts if the commit was made. */
  result: unknown;

  constructor(cause: unknown) {
    super('lost', 'the connection was lost during a commit', { cause });
  }
}
