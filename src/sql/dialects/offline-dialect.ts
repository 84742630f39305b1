/**
 * The dialect of commands that work on a whole database, in addition to the dialect of the server.
 */
import type { Dialect } from './dialect.ts';

export interface OfflineDialect extends Dialect {
  /** A query: the names of all tables. */
  readonly tableNames: string;
  /** A query: the names of the columns of table `kine`. */
  readonly kineColumnNames: string;
  /** A query: the names of all indexes. */
  readonly indexNames: string;
  /**
   * A query whose rows describe damage, or contain `ok`. Undefined: the database server has its own
   * tools for this check.
   */
  readonly damage: string | undefined;
  /** A condition: a column of text contains a value of another type. */
  isNotText(column: string): string;
  /** A condition: two values differ, and NULL equals NULL. */
  differs(first: string, second: string): string;
  /** Updates rows of `kine` from other rows of `kine`. */
  updateJoined(update: JoinedUpdate): string;
  /**
   * A query that returns a row if the next id of the database's sequence is used already.
   * Undefined: this cannot happen.
   */
  readonly sequenceBehind: string | undefined;
  /**
   * Whether the database advances its sequence of ids when tine inserts rows with ids of its own.
   */
  readonly advancesSequence: boolean;
  /** Statements that set the sequence to the newest row. */
  readonly setSequence: readonly string[];
  /**
   * Whether changes of tables are part of a transaction. Otherwise each change commits the open
   * transaction.
   */
  readonly changesTablesInTransaction: boolean;
  /** Drops an existing index of table `kine`. */
  dropIndex(name: string): string;
  /** Statements that change the columns of table `kine` back to kine's types. */
  readonly returnColumns: readonly string[];
  /** kine's indexes by name: the text after CREATE, with `{}` for the name. */
  readonly kinesIndexes: Readonly<Record<string, string>>;
  /** Whether kine creates missing indexes at its start. */
  readonly kineCreatesIndexes: boolean;
  /**
   * Creates table `tine_copy`, which stages the keys of an etcd. When all keys are staged, they are
   * inserted in the order of their revisions.
   */
  readonly copyTable: string;
  /** A condition that selects all names that kine may not be able to store. */
  readonly maybeUnstorableInKine: string;
  /** The reason why kine cannot store a key; undefined: it can. */
  unstorableInKine(key: Uint8Array): string | undefined;
}

/**
 * An update of `kine` from a joined row. `set` has pairs: a column of `kine`, and an expression
 * over `kine` and the joined row.
 */
export interface JoinedUpdate {
  /** The name of the joined row. */
  readonly joined: string;
  readonly on: string;
  readonly set: readonly (readonly [column: string, expression: string])[];
  readonly where: string;
}

/** The indexes that kine has on every database. */
export const kinesCommonIndexes: Readonly<Record<string, string>> = {
  kine_name_index: 'INDEX {} ON kine (name)',
  kine_name_id_index: 'INDEX {} ON kine (name, id)',
  kine_id_deleted_index: 'INDEX {} ON kine (id, deleted)',
  kine_prev_revision_index: 'INDEX {} ON kine (prev_revision)',
  kine_name_prev_revision_uindex: 'UNIQUE INDEX {} ON kine (name, prev_revision)',
};

/** `updateJoined` for SQLite and Postgres. */
export function updateFrom({ joined, on, set, where }: JoinedUpdate): string {
  return `UPDATE kine
  SET ${set.map(([column, expression]) => `${column} = ${expression}`).join(', ')}
  FROM kine ${joined}
  WHERE ${on} AND ${where}`;
}
