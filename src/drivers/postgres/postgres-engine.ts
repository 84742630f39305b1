/** Postgres as an engine of `RemoteDriver`. */
import type { Socket } from 'node:net';
import pg, { type Client } from 'pg';
import type { Logger } from 'pino';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { limits } from '../../limits.ts';
import { onlyRow, query } from '../../mvcc/program.ts';
import { record, single } from '../../sql/shape.ts';
import { changes, selectsRow } from '../../sql/statement.ts';
import type { Engine } from '../remote/engine.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import type { Session } from '../remote/session.ts';
import { unlessAborted } from '../remote/unless-aborted.ts';
import { classifyError } from './classify-error.ts';
import { findMode, modeOf } from './connection-mode.ts';
import { connectionSettings } from './connection-settings.ts';
import { guardedWriteBegin } from './guarded-write.ts';
import { openNode, Terms } from './node-state.ts';
import { Notifications } from './notifications.ts';
import { postgresFacts } from './postgres-facts.ts';
import { destroy, PostgresSession } from './postgres-session.ts';
import { prepareDatabase } from './prepare-database.ts';
import { sessionSettings } from './settings.ts';
import { confirmPrimary, UnconfirmedPrimary, watchCommits } from './synchronous-standby.ts';
import { columnTypes } from './types.ts';

const NOW = selectsRow(
  'now',
  single('ms', 'integer'),
  () => 'SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
);

// The size of the files, and the share of it that live rows use. VACUUM makes the rest reusable.
export const SIZE = selectsRow(
  'size',
  record({ bytes: 'integer', inUseBytes: 'integer' }),
  () => `SELECT CAST(SUM(bytes) AS bigint), CAST(SUM(CASE WHEN live + dead = 0 THEN bytes ELSE bytes * live / (live + dead) END) AS bigint)
  FROM (
    SELECT pg_total_relation_size(pg_class.oid) AS bytes,
      CAST(pg_stat_get_live_tuples(pg_class.oid) AS double precision) AS live,
      pg_stat_get_dead_tuples(pg_class.oid) AS dead
    FROM pg_class
    WHERE relkind = 'r' AND pg_table_is_visible(oid)
      AND (relname IN ('kine', 'kine_current') OR relname LIKE 'tine!_%' ESCAPE '!')) tables`,
);

/** Removes what updates and compaction leave behind. */
const vacuums = ['kine', 'kine_current', 'tine_lease', 'tine_state', 'tine_commit', 'tine_member'].map(
  (table) =>
    // Without FULL, which would lock the table while it is rewritten. Dead rows become reusable
    // space, and only free space at the end is returned.
    ({ ...changes(`vacuum_${table}`, () => `VACUUM ${table}`), outsideTransaction: true }) as const,
);

// Ends the backend of a lost connection, unless its process id belongs to another program by now. A
// backend that commits is left alone and ends by itself: ended while it waits for a standby, it
// would show others a commit that no standby has.
const END_BACKEND = selectsRow(
  'end_backend',
  single('count', 'integer'),
  (sql) => `SELECT count(pg_terminate_backend(pid))
  FROM pg_stat_activity
  WHERE pid = ${sql.parameter.integer} AND application_name = 'tine' AND usename = current_user
    AND NOT (state = 'active' AND (query = 'COMMIT' OR starts_with(query, '${guardedWriteBegin}')))`,
);

const IDLE_BACKEND = selectsRow(
  'idle_backend',
  single('count', 'integer'),
  (sql) => `SELECT count(*) FROM pg_stat_activity
  WHERE pid = ${sql.parameter.integer} AND application_name = 'tine' AND usename = current_user
    AND starts_with(state, 'idle')`,
);

export function postgresEngine(dsn: RemoteDsn, logger: Logger): Engine {
  const unconfirmed = new SparseLog({
    logger,
    message:
      'no standby confirms commits of this server (synchronous_standby_names): tine neither reads from it nor writes to it',
    linesMax: 1,
    intervalMs: limits.sparseLogIntervalMs,
  });
  const terms = new Terms();
  return {
    name: 'postgres',
    keyLengthMax: limits.postgresKeyLengthMax,
    facts: postgresFacts,
    pollMs: { min: limits.postgresPollIntervalMs, max: limits.postgresPollIntervalMs },
    pollMsWithoutMessages: { min: limits.mysqlPollIntervalMsMin, max: limits.mysqlPollIntervalMsMax },
    hosts: dsn.hosts,
    connect: (host, options) => connect({ dsn, host, unconfirmed }, options),
    openNode: (host, signal) => openNode(dsn, host, { terms, signal }),
    session: (connection, meter) => new PostgresSession(connection as Client, meter),
    end: (connection) => (connection as Client).end(),
    abandon: (connection) => destroy(connection as Client),
    // The process id of a pooler's key is not a process of the server.
    serverNameOf: (connection) =>
      modeOf(connection as Client).isPooled ? undefined : (connection as { processID?: number }).processID?.toString(),
    receivedBytesOf: (connection) => (connection as { connection: { stream: Socket } }).connection.stream.bytesRead,
    requestedBytesOf: (connection) => (connection as { connection: { stream: Socket } }).connection.stream.bytesWritten,
    idleAmong: async (serverNames, session) => {
      const found = await session.run(serverNames.map((processId) => query(IDLE_BACKEND, Number(processId))));
      return serverNames.filter((_name, index) => onlyRow(IDLE_BACKEND, found[index]) > 0);
    },
    endLostConnections: async (serverNames, session) => {
      await session.run(serverNames.map((processId) => query(END_BACKEND, Number(processId))));
    },
    classifyError,
    prepare: (host, signal) => prepareDatabase({ dsn, host, logger, signal }),
    now: (session) => numberOf(session, NOW),
    size: async (session) => {
      const [found] = await session.run([query(SIZE)]);
      return onlyRow(SIZE, found);
    },
    defragment: async (session) => {
      for (const vacuum of vacuums) await session.run([query(vacuum)]);
    },
    openMessages: (listener, hosts) => new Notifications(dsn, hosts, logger, listener),
  };
}

interface ConnectTarget {
  readonly dsn: RemoteDsn;
  readonly host: DatabaseHost;
  /** Logs a server whose commits no standby confirms. */
  readonly unconfirmed: SparseLog;
}

async function connect(
  { dsn, host, unconfirmed }: ConnectTarget,
  { onClose, signal }: Parameters<Engine['connect']>[1],
): Promise<Client> {
  // pg sends queries without waiting for replies; its types lack the setting.
  const settings = { ...(await connectionSettings(dsn, host, signal)), pipeline: true, types: columnTypes };
  const client = new pg.Client(settings);
  // The waiting query and the end event report the error.
  client.on('error', () => {});
  client.once('end', onClose);
  try {
    await unlessAborted(signal, {
      setUp: async () => {
        await client.connect();
        await withReplyTimeout(makeReady(client, dsn), () => destroy(client));
      },
      abandon: () => destroy(client),
    });
  } catch (error) {
    if (error instanceof UnconfirmedPrimary)
      unconfirmed.write(() => ({ endpoint: dsnText({ ...dsn, hosts: [host] }) }));
    throw error;
  }
  return client;
}

/**
 * Sets up a connection.
 *
 * @throws DriverError if the server accepts no writes: reads from a standby are stale.
 */
async function makeReady(client: Client, dsn: RemoteDsn): Promise<void> {
  const [{ rows }, { isPooled }] = await Promise.all([
    client.query<{ refuses: boolean; replicates: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS refuses,
        current_setting('synchronous_standby_names') <> '' AS replicates`,
    ),
    findMode(client, dsn),
  ]);
  if (rows[0]?.refuses === true)
    throw new DriverError('lost', 'the database accepts no writes: it is a standby, or set to read only');
  watchCommits(client);
  if (isPooled) return;
  await client.query(sessionSettings);
  if (rows[0]?.replicates === true) await confirmPrimary(client);
}

async function numberOf(session: Session, statement: typeof NOW): Promise<number> {
  const [found] = await session.run([query(statement)]);
  return onlyRow(statement, found);
}
