/** A database server as the commands use it, while no tine serves it. */
import { type DatabaseHost, dsnText } from '../../config/database/database-dsn.ts';
import { DriverError, isDriverError, LockedError, OutageError, StartError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { membersSince } from '../../mvcc/cluster/members.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';
import type { OfflineDialect } from '../../sql/dialects/offline-dialect.ts';
import type { Select } from '../../sql/statement.ts';
import {
  type DatabaseSize,
  type LockedDatabase,
  type OfflineAccess,
  type OfflineDatabase,
  offlineDatabase,
} from '../offline.ts';
import { type ConnectedServer, WatchedConnection } from './offline-connection.ts';
import { remoteLimits } from './remote-limits.ts';
import { takesSchemaLock } from './schema-lock.ts';
import { type DescribedServer, serverStorage } from './server-storage.ts';

/** What each kind of server provides. */
export interface OfflineServer extends DescribedServer, ConnectedServer {
  readonly sql: OfflineDialect;
  readonly facts: DatabaseFacts;
  readonly keyLengthMax: number;
  /** Whether an error means that the database does not exist. */
  isDatabaseMissing(error: unknown): boolean;
  prepare(host: DatabaseHost): Promise<void>;
  /** Statements that begin a transaction that reads one snapshot. */
  readonly beginSnapshot: readonly string[];
  readonly begin: readonly string[];
  /** The statement that takes the revision lock until the transaction ends. */
  readonly lockRevision: string;
  /**
   * Statements that begin the transaction of the schema lock, where this lock belongs to a
   * transaction.
   */
  readonly beginLock: readonly string[];
  /**
   * A query that tries to take the lock for schema changes: 1, or 0 if another process holds it.
   */
  readonly tryLockSchema: string;
  readonly size: Select<DatabaseSize>;
}

export function offlineServer(server: OfflineServer): OfflineAccess {
  const { dsn } = server;
  const name = dsnText(dsn);
  const uses = new Uses();
  const withConnection = <Result>(use: (database: OfflineDatabase) => Promise<Result>): Promise<Result> =>
    withStartErrors(server, async () => {
      const connection = await uses.opened(firstAnswering(server, (host) => WatchedConnection.open(server, host)));
      const database = offlineDatabase({ name, sql: server.sql, facts: server.facts, size: server.size }, (query) =>
        connection.run(query),
      );
      const stopBeats = startBeats(database);
      try {
        return await use(database);
      } finally {
        stopBeats();
        await uses.close(connection);
      }
    });
  return {
    name,
    keyLengthMax: server.keyLengthMax,
    exists: () => withConnection(async () => true).catch(falseIfMissing(server)),
    storage: () => withStartErrors(server, () => serverStorage(server, withConnection)),
    readSnapshot: (work) => withConnection((database) => inTransaction(database, server.beginSnapshot, work)),
    whileLocked: (work) =>
      withConnection((holder) =>
        withConnection(async (database) => {
          await lockSchema(server, holder);
          return work(lockedDatabase(server, { database, holder }));
        }),
      ),
    prepare: () =>
      withStartErrors(server, () => uses.untilAbandoned(firstAnswering(server, (host) => server.prepare(host)))),
    abandon: () => uses.abandon(),
  };
}

/** The open connections of an access. */
class Uses {
  readonly #open = new Set<WatchedConnection>();
  readonly #abandoned = new AbortController();

  /** Waits for a connection. */
  opened(opening: Promise<WatchedConnection>): Promise<WatchedConnection> {
    const { signal } = this.#abandoned;
    return this.untilAbandoned(
      opening.then((connection) => {
        if (signal.aborted) connection.abandon(abandonReason);
        this.#open.add(connection);
        return connection;
      }),
    );
  }

  async close(connection: WatchedConnection): Promise<void> {
    await connection.close();
    this.#open.delete(connection);
  }

  abandon(): void {
    this.#abandoned.abort(new DriverError('lost', abandonReason));
    for (const connection of this.#open) connection.abandon(abandonReason);
  }

  /** Waits for work, which is not stopped, but no longer than until `abandon`. */
  untilAbandoned<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this.#abandoned;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(signal.reason);
      if (signal.aborted) fail();
      signal.addEventListener('abort', fail, { once: true });
      void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', fail));
    });
  }
}

const abandonReason = 'the command was stopped';

/**
 * Two connections. A lock outlasts a transaction only on a connection of its own: a pooler may use
 * a different one for each transaction.
 */
interface LockedConnections {
  readonly database: OfflineDatabase;
  /** Holds the schema lock. */
  readonly holder: OfflineDatabase;
}

function lockedDatabase(server: OfflineServer, { database: connection, holder }: LockedConnections): LockedDatabase {
  return {
    transaction: async (work) => {
      // Fails if the connection, and with it the lock, was lost.
      await holder.value('SELECT 1');
      // A database that only kine has used has neither the row of the lock nor instances.
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
    // If the connection failed, ROLLBACK fails too, with a less useful error.
    await database.change('ROLLBACK').catch(() => {});
    throw error;
  }
  await database.change('COMMIT');
  return result;
}

/**
 * Sends something over a connection now and then, until the returned function is called. The server
 * ends a silent one: the command may be gone, and its locks would stay for hours.
 */
function startBeats(database: OfflineDatabase): () => void {
  let isWaiting = false;
  const timer = setInterval(async () => {
    // A statement of the command may run for hours.
    if (isWaiting) return;
    isWaiting = true;
    // The next statement of the command reports a lost connection.
    await database.value('SELECT 1').catch(() => {});
    isWaiting = false;
  }, remoteLimits.offlineBeatMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Takes the schema lock. No tine starts to serve while the connection holds it. */
async function lockSchema(server: OfflineServer, database: OfflineDatabase): Promise<void> {
  for (const statement of server.beginLock) await database.change(statement);
  const tryLock = async (): Promise<boolean> => (await database.value(server.tryLockSchema)) === 1;
  if (await takesSchemaLock(tryLock, remoteLimits.offlineLockWaitMsMax)) return;
  throw new LockedError(
    `${database.name}: another tine process is starting on this database or working on it; wait until it has finished, then try again`,
  );
}

/** @throws StartError with the name of an instance that renewed its entry recently. */
async function refuseServed(server: OfflineServer, database: OfflineDatabase): Promise<void> {
  const now = (await database.value(`SELECT ${server.nowMs}`)) as number;
  const [member] = (await database.run(membersSince(now - limits.memberSilenceMsMax))).members;
  if (member === undefined) return;
  const seconds = limits.memberSilenceMsMax / 1000;
  throw new StartError(
    `${database.name}: tine "${member.name}" (${member.clientUrls.join(', ')}) serves it; stop it, then try again (${seconds} s later if it was killed)`,
  );
}

/** Tries the hosts in order until one answers. The error of the last host counts. */
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
      if (!isDriverError(cause, 'lost')) throw error;
    }
  }
  throw failure;
}

/** Turns errors of the database into one line for the operator. */
async function withStartErrors<Result>(server: OfflineServer, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const cause = server.classifyError(error);
    if (!(cause instanceof DriverError)) throw cause;
    const what = server.isDatabaseMissing(error) ? 'the database does not exist' : cause.message;
    const text = `${dsnText(server.dsn)}: ${what}`;
    throw isDriverError(cause, 'lost', 'busy')
      ? new OutageError(text, { cause: error })
      : new StartError(text, { cause: error });
  }
}

function falseIfMissing(server: OfflineServer): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof StartError && server.isDatabaseMissing(error.cause)) return false;
    throw error;
  };
}
