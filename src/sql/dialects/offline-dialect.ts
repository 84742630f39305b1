/** What the commands that work on a whole database need beyond the words of the statements a server runs. */
import type { Dialect } from './dialect.ts';

export interface OfflineDialect extends Dialect {
  /** A query: the names of the tables that are there. */
  readonly tableNames: string;
  /** A query: the names of the columns of table `kine`. */
  readonly kineColumnNames: string;
  /** A query: the names of the indexes of those tables. */
  readonly indexNames: string;
  /** A query whose rows say what is damaged, or `ok`; undefined: the server's administrator has tools for that. */
  readonly damage: string | undefined;
  /** Whether a column of text holds something else. */
  isNoText(column: string): string;
  /** Whether two values differ, where NULL is a value. */
  differs(first: string, second: string): string;
  /** Changes rows of `kine` by what stands in other rows of it. */
  updateJoined(update: JoinedUpdate): string;
  /** A query without rows unless the next id that the database gives was given before; undefined: that cannot be. */
  readonly sequenceBehind: string | undefined;
  /** Whether the database's sequence of ids is in step while tine, which gives the ids itself, owns it. */
  readonly keepsSequence: boolean;
  /** Statements that make the sequence go on after the newest row. */
  readonly setSequence: readonly string[];
  /** Whether changes of tables are part of a transaction. Where they are not each ends the one under way. */
  readonly changesTablesInTransaction: boolean;
  /** Drops an index of table `kine` that is there. */
  dropIndex(name: string): string;
  /** Statements that give the columns of table `kine` kine's types back. */
  readonly returnColumns: readonly string[];
  /** kine's indexes by name, each as it stands after CREATE with `{}` for its name. */
  readonly kinesIndexes: Readonly<Record<string, string>>;
  /** Whether kine itself makes at its start those that are missing. */
  readonly kineMakesIndexes: boolean;
  /** Makes table `tine_copy`, in which the keys of an etcd wait until all are there: then they are put in the order of their revisions. */
  readonly copyTable: string;
  /** A condition for the names among which those are that kine cannot hold. */
  readonly perhapsTooMuchForKine: string;
  /** Why kine cannot hold a key there; undefined: it can. */
  tooMuchForKine(key: Uint8Array): string | undefined;
}

/** SET pairs are a column of `kine` and an expression over `kine` and the joined row. */
export interface JoinedUpdate {
  /** The name of the joined row. */
  readonly joined: string;
  readonly on: string;
  readonly set: readonly (readonly [column: string, expression: string])[];
  readonly where: string;
}

/** kine's indexes on every database. */
export const kinesCommonIndexes: Readonly<Record<string, string>> = {
  kine_name_index: 'INDEX {} ON kine (name)',
  kine_name_id_index: 'INDEX {} ON kine (name, id)',
  kine_id_deleted_index: 'INDEX {} ON kine (id, deleted)',
  kine_prev_revision_index: 'INDEX {} ON kine (prev_revision)',
  kine_name_prev_revision_uindex: 'UNIQUE INDEX {} ON kine (name, prev_revision)',
};

/** The form that SQLite and Postgres share. */
export function updateFrom({ joined, on, set, where }: JoinedUpdate): string {
  return `UPDATE kine
  SET ${set.map(([column, expression]) => `${column} = ${expression}`).join(', ')}
  FROM kine ${joined}
  WHERE ${on} AND ${where}`;
}
