/** MySQL and MariaDB as an engine of `RemoteDriver`. */
import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import type { Logger } from 'pino';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { decoded, onlyRow, query } from '../../mvcc/program.ts';
import { record, single } from '../../sql/shape.ts';
import { changes, selectsRow, selectsRows } from '../../sql/statement.ts';
import type { Engine } from '../remote/engine.ts';
import type { Session } from '../remote/session.ts';
import { unlessAborted } from '../remote/unless-aborted.ts';
import { classifyError, errorNumber, serverErrorNumber, tableFailure } from './classify-error.ts';
import { endConnection, newConnection, waitConnected } from './connection-lifetime.ts';
import { connectionSettings } from './connection-settings.ts';
import { mysqlFacts } from './mysql-facts.ts';
import { MysqlSession } from './mysql-session.ts';
import { openNode } from './node-state.ts';
import { prepareDatabase } from './prepare-database.ts';
import { destroy, factsOf, makeReady } from './ready-connection.ts';

const NOW = selectsRow('now', single('ms', 'integer'), () => 'SELECT FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)');

// The server's last statistics, updated about 10 s after a tenth of a table has changed. Free space
// in a file that tables share is not counted.
export const SIZE = selectsRow(
  'size',
  record({ bytes: 'integer', inUseBytes: 'integer' }),
  () => `SELECT COALESCE(SUM(data_length + index_length + IF(@@innodb_file_per_table, data_free, 0)), 0),
    COALESCE(SUM(data_length + index_length), 0)
  FROM information_schema.tables
  WHERE table_schema = DATABASE() AND (table_name IN ('kine', 'kine_current') OR table_name LIKE 'tine!_%' ESCAPE '!')`,
);

const IDLE_THREAD = selectsRow(
  'idle_thread',
  single('count', 'integer'),
  (sql) =>
    `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${sql.parameter.integer} AND command = 'Sleep'`,
);

export function mysqlEngine(dsn: RemoteDsn, logger: Logger): Engine {
  const pollMs = { min: limits.mysqlPollIntervalMsMin, max: limits.mysqlPollIntervalMsMax };
  return {
    name: 'mysql',
    keyLengthMax: limits.mysqlKeyLengthMax,
    facts: mysqlFacts,
    pollMs,
    pollMsWithoutMessages: pollMs,
    hosts: dsn.hosts,
    connect: (host, options) => connect(dsn, host, options),
    openNode: (host, signal) => openNode(dsn, host, signal),
    session: (connection, meter) => new MysqlSession(connection as Connection, meter),
    end: (connection) => endConnection(connection as Connection),
    abandon: (connection) => destroy(connection as Connection),
    serverNameOf: (connection) =>
      factsOf(connection as Connection).hasServerId ? (connection as Connection).threadId?.toString() : undefined,
    receivedBytesOf: (connection) => (connection as { stream: Socket }).stream.bytesRead,
    requestedBytesOf: (connection) => (connection as { stream: Socket }).stream.bytesWritten,
    idleAmong: async (serverNames, session) => {
      const found = await session.run(serverNames.map((threadId) => query(IDLE_THREAD, Number(threadId))));
      return serverNames.filter((_name, index) => onlyRow(IDLE_THREAD, found[index]) > 0);
    },
    endLostConnections: async (serverNames, session) => {
      for (const threadId of serverNames) await endThread(Number(threadId), session);
    },
    classifyError,
    prepare: (host, signal) => prepareDatabase({ dsn, host, logger, signal }),
    defragment: optimize,
    now: (session) => numberOf(session, NOW),
    size: async (session) => {
      const [found] = await session.run([query(SIZE)]);
      return onlyRow(SIZE, found);
    },
  };
}

// Other sessions wait while the last step waits for users of the table, so it gives up after 1 s.
const WAIT_SHORTLY = changes('wait_shortly', () => 'SET SESSION lock_wait_timeout = 1');

/** The server reports results, failures included, in rows. */
const report = record({ table: 'text', operation: 'text', kind: 'text', message: 'text' });

// Rebuilds the table beside the old one, which stays readable and writable, and replaces the old
// one at the end. Replicas and other nodes of a cluster are not delayed: each returns its own
// space.
const OPTIMIZE = selectsRows(
  'optimize',
  report,
  () => 'OPTIMIZE NO_WRITE_TO_BINLOG TABLE kine, kine_current, tine_lease',
);

// MySQL 9 allows NO_WRITE_TO_BINLOG only with the privilege OPTIMIZE_LOCAL_TABLE. Without it the
// replicas repeat the statement.
const OPTIMIZE_EVERYWHERE = selectsRows('optimize', report, () => 'OPTIMIZE TABLE kine, kine_current, tine_lease');

async function optimize(session: Session): Promise<void> {
  await session.run([query(WAIT_SHORTLY)]);
  const [messages] = await session.run([query(OPTIMIZE)]).catch((error: unknown) => {
    if (serverErrorNumber(error) !== errorNumber.privilegeMissing) throw error;
    return session.run([query(OPTIMIZE_EVERYWHERE)]);
  });
  const failure = decoded(OPTIMIZE, messages).find(({ kind }) => /^error$/i.test(kind));
  if (failure !== undefined) throw tableFailure(failure.message);
}

const KILL = changes('kill', (sql) => `KILL CONNECTION ${sql.parameter.integer}`);

/**
 * Ends a connection at the server. The connection may have ended already, or belong to another
 * user.
 */
async function endThread(threadId: number, session: Session): Promise<void> {
  try {
    await session.run([query(KILL, threadId)]);
  } catch (error) {
    const failure = classifyError(error);
    if (!(failure instanceof DriverError) || failure.kind === 'lost') throw failure;
  }
}

async function connect(
  dsn: RemoteDsn,
  host: DatabaseHost,
  { onClose, signal }: Parameters<Engine['connect']>[1],
): Promise<Connection> {
  const connection = newConnection(await connectionSettings(dsn, host, signal));
  return unlessAborted(signal, {
    setUp: async () => {
      await waitConnected(connection, onClose);
      await makeReady(connection);
      return connection;
    },
    abandon: () => destroy(connection),
  });
}

async function numberOf(session: Session, statement: typeof NOW): Promise<number> {
  const [found] = await session.run([query(statement)]);
  return onlyRow(statement, found);
}
