/**
 * Access to a whole database for the commands that check, repair, copy, save and restore it. The
 * process of a command serves no requests.
 */

import type { DatabaseFacts } from '../mvcc/database-facts.ts';
import { decoded, type Program, type Query, query } from '../mvcc/program.ts';
import type { OfflineDialect } from '../sql/dialects/offline-dialect.ts';
import { anyValue } from '../sql/shape.ts';
import {
  changeCount,
  changes,
  type Parameter,
  type Row,
  type Select,
  type Shape,
  selectsRows,
  type Value,
} from '../sql/statement.ts';
import type { StorageFacts } from './storage-facts.ts';

/** Bytes on disk, and the bytes of them that are in use. */
export interface DatabaseSize {
  readonly bytes: number;
  readonly inUseBytes: number;
}

/** A database inside one transaction. */
export interface OfflineDatabase {
  /** The name in messages: the path of a file, or the address of a server without its password. */
  readonly name: string;
  readonly sql: OfflineDialect;
  readonly facts: DatabaseFacts;
  readonly size: Select<DatabaseSize>;
  /** The rows of a query, decoded as a shape. */
  rows<Result>(shape: Shape<Result>, sql: string, ...parameters: readonly Parameter[]): Promise<readonly Result[]>;
  /** The first column of all rows of a query. */
  values(sql: string, ...parameters: readonly Parameter[]): Promise<readonly Value[]>;
  /** The first column of the first row. Undefined if there is no row. */
  value(sql: string, ...parameters: readonly Parameter[]): Promise<Value | undefined>;
  /** Runs a statement that changes rows. Returns their number. */
  change(sql: string, ...parameters: readonly Parameter[]): Promise<number>;
  run<Result>(program: Program<Result>): Promise<Result>;
}

/** A database that no other process writes to meanwhile. */
export interface LockedDatabase {
  /** Runs one transaction under the revision lock. It commits completely or has no effect. */
  transaction<Result>(work: (database: OfflineDatabase) => Promise<Result>): Promise<Result>;
}

/**
 * Access to a database. If the database cannot be used, all methods throw StartError with one line
 * for the operator.
 */
export interface OfflineAccess {
  readonly name: string;
  /** The longest stored text of a key that the indexes of the database accept, in characters. */
  readonly keyLengthMax: number;
  /** Whether the file exists, or the database exists in the server. */
  exists(): Promise<boolean>;
  /**
   * Reads facts about the file and its disk, or about the server, while others may use the
   * database. Writes nothing to the database.
   */
  storage(): Promise<StorageFacts>;
  /** Reads in one snapshot while others may use the database. Writes nothing. */
  readSnapshot<Result>(work: (database: OfflineDatabase) => Promise<Result>): Promise<Result>;
  /**
   * Runs work while no tine serves the database. No tine can start to serve it before the work
   * ends.
   */
  whileLocked<Result>(work: (locked: LockedDatabase) => Promise<Result>): Promise<Result>;
  /**
   * Creates the database if it is missing and migrates its schema, as the start of a server does.
   */
  prepare(): Promise<void>;
  /**
   * Closes all connections at once, for a command that stops. Work under way, and later work, fails
   * with OutageError.
   */
  abandon(): void;
}

/** Runs one transaction while no tine serves the database. */
export function lockedTransaction<Result>(
  access: OfflineAccess,
  work: (database: OfflineDatabase) => Promise<Result>,
): Promise<Result> {
  return access.whileLocked((locked) => locked.transaction(work));
}

/** Builds an `OfflineDatabase` from a function that runs one query. */
export function offlineDatabase(
  identity: Pick<OfflineDatabase, 'name' | 'sql' | 'facts' | 'size'>,
  run: (query: Query) => Promise<readonly Row[]>,
): OfflineDatabase {
  async function rows<Result>(
    shape: Shape<Result>,
    text: string,
    ...parameters: readonly Parameter[]
  ): Promise<readonly Result[]> {
    const statement = selectsRows('offline', shape, () => text);
    return decoded(statement, await run(query(statement, ...parameters)));
  }
  return {
    ...identity,
    rows,
    values: (text, ...parameters) => rows(anyValue, text, ...parameters),
    value: async (text, ...parameters) => (await rows(anyValue, text, ...parameters))[0],
    change: async (text, ...parameters) =>
      changeCount(
        await run(
          query(
            changes('offline', () => text),
            ...parameters,
          ),
        ),
      ),
    run: async (program) => {
      let step = program.next();
      while (step.done !== true) {
        const results: (readonly Row[])[] = [];
        for (const each of step.value) results.push(await run(each));
        step = program.next(results);
      }
      return step.value;
    },
  };
}
