/** Databases in the hands of a command, for work on the whole of them, while this process serves nothing. */
import { decoded, type Program, type Query, query } from '../mvcc/program.ts';
import type { DatabaseFacts } from '../mvcc/read-programs.ts';
import type { OfflineDialect } from '../sql/offline-dialect.ts';
import { anyValue } from '../sql/shape.ts';
import {
  changeCount,
  changes,
  type Parameter,
  type Row,
  type Shape,
  selectsRows,
  type Value,
} from '../sql/statement.ts';

/** A database in one transaction. */
export interface OfflineDatabase {
  /** For messages: the path of a file, the address of a server without its password. */
  readonly name: string;
  readonly sql: OfflineDialect;
  readonly facts: DatabaseFacts;
  /** The rows of a query, read as a shape. */
  rows<Result>(shape: Shape<Result>, sql: string, ...parameters: readonly Parameter[]): Promise<readonly Result[]>;
  /** The first column of all rows of a query. */
  values(sql: string, ...parameters: readonly Parameter[]): Promise<readonly Value[]>;
  /** The first column of the first row of a query; undefined: no row. */
  value(sql: string, ...parameters: readonly Parameter[]): Promise<Value | undefined>;
  /** How many rows it changed. */
  change(sql: string, ...parameters: readonly Parameter[]): Promise<number>;
  run<Result>(program: Program<Result>): Promise<Result>;
}

/** A database that nobody else writes to. */
export interface LockedDatabase {
  /** One transaction under the revision lock: all of it is done, or nothing. */
  transaction<Result>(work: (database: OfflineDatabase) => Promise<Result>): Promise<Result>;
}

/** The way to a database. Whatever cannot be used throws StartError with one line for a person. */
export interface OfflineAccess {
  readonly name: string;
  /** Characters of a key's stored text that the database's indexes take. */
  readonly keyLengthMax: number;
  /** Whether there is a file, or a database in the server. */
  exists(): Promise<boolean>;
  /** Looks at it in one snapshot, whoever else uses it meanwhile. Nothing is written. */
  readSnapshot<Result>(work: (database: OfflineDatabase) => Promise<Result>): Promise<Result>;
  /** Works on it while no tine serves it, and none can begin to. */
  whileLocked<Result>(work: (locked: LockedDatabase) => Promise<Result>): Promise<Result>;
  /** Makes it if it is missing, and brings its schema up to date, as a start of the server does. */
  prepare(): Promise<void>;
}

/** One transaction of `own`. */
export function lockedTransaction<Result>(
  access: OfflineAccess,
  work: (database: OfflineDatabase) => Promise<Result>,
): Promise<Result> {
  return access.whileLocked((locked) => locked.transaction(work));
}

/** Makes an `OfflineDatabase` of a way to ask. */
export function offlineDatabase(
  identity: Pick<OfflineDatabase, 'name' | 'sql' | 'facts'>,
  ask: (asked: Query) => Promise<readonly Row[]>,
): OfflineDatabase {
  async function rows<Result>(
    shape: Shape<Result>,
    text: string,
    ...parameters: readonly Parameter[]
  ): Promise<readonly Result[]> {
    const statement = selectsRows('offline', shape, () => text);
    return decoded(statement, await ask(query(statement, ...parameters)));
  }
  return {
    ...identity,
    rows,
    values: (text, ...parameters) => rows(anyValue, text, ...parameters),
    value: async (text, ...parameters) => (await rows(anyValue, text, ...parameters))[0],
    change: async (text, ...parameters) =>
      changeCount(
        await ask(
          query(
            changes('offline', () => text),
            ...parameters,
          ),
        ),
      ),
    run: async (program) => {
      let step = program.next();
      while (step.done !== true) {
        const answers: (readonly Row[])[] = [];
        for (const asked of step.value) answers.push(await ask(asked));
        step = program.next(answers);
      }
      return step.value;
    },
  };
}
