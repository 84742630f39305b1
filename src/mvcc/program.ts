/**
 * A program is a generator that yields statements and is handed their rows. It decides what etcd decides; it runs inside one transaction of
 * the database, wherever that is: in SQLite's worker thread, step by step, or over a connection.
 */
import type { Parameter, Row, Statement } from '../sql/statement.ts';

export interface Query {
  readonly statement: Statement;
  readonly parameters: readonly Parameter[];
  /** The driver stops after the row with which the bytes of the blobs it read reach this. */
  readonly bytesMax?: number;
}

export type Program<Result> = Generator<Query, Result, readonly Row[]>;

/** All rows of a statement. */
export function* rows(statement: Statement, ...parameters: readonly Parameter[]): Program<readonly Row[]> {
  return yield { statement, parameters };
}

/** The only row of a statement, or undefined. */
export function* row(statement: Statement, ...parameters: readonly Parameter[]): Program<Row | undefined> {
  return (yield { statement, parameters })[0];
}

/** Runs a changing statement; how many rows it changed. */
export function* change(statement: Statement, ...parameters: readonly Parameter[]): Program<number> {
  return (yield { statement, parameters })[0]?.[0] as number;
}
