/** Transactions over one connection. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from './connection.ts';

export type Begin = 'BEGIN' | 'BEGIN IMMEDIATE';

/**
 * When a transaction began, when its commit began, and when it ended, in ms of `performance.now()`.
 */
export interface TransactionTimes {
  readonly startMs: number;
  readonly commitMs: number;
  readonly endMs: number;
}

export class Transactions {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<string, Statement<[]>>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Runs work in a transaction. Rolls back if the work or the commit throws. */
  run<Result>(begin: Begin, work: () => Result): Result {
    this.#execute(begin);
    try {
      const result = work();
      this.#execute('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** The same for asynchronous work. Nothing else may use the connection meanwhile. */
  async runAsync<Result>(begin: Begin, work: () => Promise<Result>): Promise<Result> {
    this.#execute(begin);
    try {
      const result = await work();
      this.#execute('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Runs a write transaction and measures its times. */
  write<Result>(work: () => Result): { readonly result: Result; readonly times: TransactionTimes } {
    const startMs = performance.now();
    let commitMs = startMs;
    const result = this.run('BEGIN IMMEDIATE', () => {
      const worked = work();
      commitMs = performance.now();
      return worked;
    });
    return { result, times: { startMs, commitMs, endMs: performance.now() } };
  }

  #rollBack(): void {
    if (this.#database.inTransaction) this.#execute('ROLLBACK');
  }

  #execute(sql: Begin | 'COMMIT' | 'ROLLBACK'): void {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      prepared = this.#database.prepare<[]>(sql);
      this.#prepared.set(sql, prepared);
    }
    prepared.run();
  }
}
