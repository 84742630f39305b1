/** A database server in the hands of a command. */
import { setTimeout as pause } from 'node:timers/promises';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { DriverError, StartError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { membersSince } from '../../mvcc/members.ts';
import type { Query } from '../../mvcc/program.ts';
import type { DatabaseFacts } from '../../mvcc/read-programs.ts';
import type { OfflineDialect } from '../../sql/offline-dialect.ts';
import type { Row } from '../../sql/statement.ts';
import { type LockedDatabase, type OfflineAccess, type OfflineDatabase, offlineDatabase } from '../offline.ts';

/** What a kind of server brings. */
export interface OfflineServer {
  readonly dsn: RemoteDsn;
  readonly sql: OfflineDialect;
  readonly facts: DatabaseFacts;
  readonly keyLengthMax: number;
  /** A connection whose statements may take as long as they want. */
  connect(host: DatabaseHost): Promise<OfflineConnection>;
  /** The database's error as tine's. */
  classifyError(error: unknown): Error;
  /** Whether an error says that the server has no such database. */
  isDatabaseMissing(error: unknown): boolean;
  prepare(host: DatabaseHost): Promise<void>;
  /** Begins a transaction that reads one moment. */
  readonly beginSnapshot: readonly string[];
  readonly begin: readonly string[];
  /** Takes the revision lock for a transaction: a statement. */
  readonly lockRevision: string;
  /** Where the lock below is a transaction's: begins one. */
  readonly beginLock: readonly string[];
  /** A query of the lock under which the schema is changed: 1, or 0 when another has it. */
  readonly tryLockSchema: string;
  /** The server's clock, in ms since 1970. */
  readonly nowMs: string;
}

export interface OfflineConnection {
  run(asked: Query): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export function offlineServer(server: OfflineServer): OfflineAccess {
  const { dsn } = server;
  const name = dsnText(dsn);
  const withConnection = <Result>(use: (database: OfflineDatabase) => Promise<Result>): Promise<Result> =>
    withStartErrors(server, async () => {
      const connection = await firstAnswering(server, (host) => server.connect(host));
      try {
        return await use(
          offlineDatabase({ name, sql: server.sql, facts: server.facts }, (asked) => connection.run(asked)),
        );
      } finally {
        await connection.close();
      }
    });
  return {
    name,
    keyLengthMax: server.keyLengthMax,
    exists: () => withConnection(async () => true).catch(falseIfMissing(server)),
    readSnapshot: (work) => withConnection((database) => inTransaction(database, server.beginSnapshot, work)),
    whileLocked: (work) =>
      withConnection((holder) =>
        withConnection(async (database) => {
          await lockSchema(server, holder);
          return work(lockedDatabase(server, { database, holder }));
        }),
      ),
    prepare: () => withStartErrors(server, () => firstAnswering(server, (host) => server.prepare(host))),
  };
}

/** A lock outlasts a transaction only over a connection of its own: a pooler may give each transaction another one. */
interface Locked {
  readonly database: OfflineDatabase;
  /** Holds the lock of the schema. */
  readonly holder: OfflineDatabase;
}

function lockedDatabase(server: OfflineServer, { database: connection, holder }: Locked): LockedDatabase {
  return {
    transaction: async (work) => {
      // Fails when the connection, and the lock with it, was lost.
      await holder.value('SELECT 1');
      // What kine made has neither the lock's row nor instances.
      const isTines = (await connection.values(server.sql.tableNames)).includes('tine_state');
      const begin = isTines ? [...server.begin, server.lockRevision] : server.begin;
      return inTransaction(connection, begin, async (database) => {
        if (isTines) await refuseServed(server, database);
        return work(database);
      });
    },
  };
}

async function inTransaction<Result>(
  database: OfflineDatabase,
  begin: readonly string[],
  work: (database: OfflineDatabase) => Promise<Result>,
): Promise<Result> {
  for (const statement of begin) await database.change(statement);
  let result: Result;
  try {
    result = await work(database);
  } catch (error) {
    // When the connection is what failed, this fails too and says less.
    await database.change('ROLLBACK').catch(() => {});
    throw error;
  }
  await database.change('COMMIT');
  return result;
}

/** How long the lock is tried for, and how often: the server notices a moment later that a connection which had it is closed. */
const lockWaitMs = 3_000;
const lockRetryMs = 100;

/** No tine begins to serve while the connection has it. */
async function lockSchema(server: OfflineServer, database: OfflineDatabase): Promise<void> {
  for (const statement of server.beginLock) await database.change(statement);
  const deadline = performance.now() + lockWaitMs;
  while ((await database.value(server.tryLockSchema)) !== 1) {
    if (performance.now() > deadline) {
      throw new StartError(
        `${database.name}: another tine is starting on it or works on it; let it finish, then try again`,
      );
    }
    await pause(lockRetryMs);
  }
}

/** @throws StartError that names an instance which was heard of a moment ago. */
async function refuseServed(server: OfflineServer, database: OfflineDatabase): Promise<void> {
  const now = (await database.value(`SELECT ${server.nowMs}`)) as number;
  const [member] = (await database.run(membersSince(now - limits.memberSilenceMsMax))).members;
  if (member === undefined) return;
  const seconds = limits.memberSilenceMsMax / 1000;
  throw new StartError(
    `${database.name}: tine "${member.name}" (${member.clientUrls.join(', ')}) serves it; stop it, then try again (${seconds} s later if it was killed)`,
  );
}

/** Whatever the host says is the last one's word. */
async function firstAnswering<Result>(
  { dsn, classifyError }: OfflineServer,
  use: (host: DatabaseHost) => Promise<Result>,
): Promise<Result> {
  let failure: unknown;
  for (const host of dsn.hosts) {
    try {
      return await use(host);
    } catch (error) {
      failure = error;
      const cause = classifyError(error);
      if (!(cause instanceof DriverError) || cause.kind !== 'lost') throw error;
    }
  }
  throw failure;
}

/** What the database says is for a person. */
async function withStartErrors<Result>(server: OfflineServer, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const cause = server.classifyError(error);
    if (!(cause instanceof DriverError)) throw cause;
    const what = server.isDatabaseMissing(error) ? 'the server has no such database' : cause.message;
    throw new StartError(`${dsnText(server.dsn)}: ${what}`, { cause: error });
  }
}

function falseIfMissing(server: OfflineServer): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof StartError && server.isDatabaseMissing(error.cause)) return false;
    throw error;
  };
}
