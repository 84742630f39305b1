/** MySQL and MariaDB as the commands use them. */
import type { Connection, ResultSetHeader } from 'mysql2';
import pino from 'pino';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { limits } from '../../limits.ts';
import { listQuery, type Query } from '../../mvcc/program.ts';
import { mysqlOfflineDialect } from '../../sql/dialects/mysql-offline-dialect.ts';
import { changeRows, type Row, type Statement } from '../../sql/statement.ts';
import {
  fillIn,
  type MissingValue,
  missingIds,
  rowsUpToBytes,
  VALUES_BY_ID,
} from '../../sql/statements/held-back-statements.ts';
import type { OfflineAccess } from '../offline.ts';
import type { OfflineConnection } from '../remote/offline-connection.ts';
import { offlineServer } from '../remote/offline-server.ts';
import { remoteLimits } from '../remote/remote-limits.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import { classifyError, errorNumber, serverErrorNumber } from './classify-error.ts';
import { endConnection, newConnection, waitConnected } from './connection-lifetime.ts';
import { connectionSettings } from './connection-settings.ts';
import { SIZE } from './mysql-engine.ts';
import { mysqlFacts } from './mysql-facts.ts';
import { revisionLock } from './mysql-session.ts';
import { describeServer, openNode } from './node-state.ts';
import { prepareDatabase, tryLockSchema } from './prepare-database.ts';
import { destroy, factsOf, makeReady } from './ready-connection.ts';
import { rowsOf } from './rows.ts';
import { sendStatements, type TimedReply } from './send-statements.ts';
import { statementText } from './statement-text.ts';

export function offlineMysql(dsn: RemoteDsn): OfflineAccess {
  return offlineServer({
    dsn,
    sql: mysqlOfflineDialect,
    facts: mysqlFacts,
    keyLengthMax: limits.mysqlKeyLengthMax,
    connect: (host) => connect(dsn, host),
    openNode: (host) => openNode(dsn, host),
    describe: describeServer,
    size: SIZE,
    classifyError,
    isDatabaseMissing: (error) => serverErrorNumber(error) === errorNumber.badDatabase,
    // The start of a server warns about settings; a command does not.
    prepare: (host) => prepareDatabase({ dsn, host, logger: pino({ enabled: false }) }),
    beginSnapshot: ['START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'],
    begin: ['START TRANSACTION'],
    lockRevision: revisionLock,
    beginLock: [],
    tryLockSchema: `SELECT ${tryLockSchema}`,
    nowMs: 'FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)',
  });
}

/** Settings for a command: it reads whole tables, and pauses between statements. */
const commandSettings = (isMariadb: boolean): string =>
  `SET SESSION ${isMariadb ? 'idle_transaction_timeout = 0, SESSION ' : ''}wait_timeout = ${remoteLimits.offlineIdleMsMax / 1_000}, SESSION innodb_lock_wait_timeout = 10, SESSION lock_wait_timeout = 10`;

async function connect(dsn: RemoteDsn, host: DatabaseHost): Promise<OfflineConnection> {
  const connection = newConnection(await connectionSettings(dsn, host));
  const abandon = (): void => destroy(connection);
  try {
    await waitConnected(connection);
    await makeReady(connection);
    await withReplyTimeout(sendStatements(connection, commandSettings(factsOf(connection).isMariadb)), abandon);
  } catch (error) {
    abandon();
    throw error;
  }
  return { run: (query) => resultOf(connection, query), close: () => endConnection(connection), abandon };
}

async function resultOf(connection: Connection, request: Query): Promise<readonly Row[]> {
  const isChange = request.statement.returns === 'change';
  if (request.list?.length === 0) return isChange ? changeRows(0) : [];
  const [reply] = (await sendStatements(connection, statementText(request))) as readonly [TimedReply];
  if (isChange) return changeRows((reply.reply as ResultSetHeader).affectedRows);
  const rows = rowsOf(reply);
  return request.bytesMax === undefined ? rows : cut(connection, { ...request, rows, bytesMax: request.bytesMax });
}

/** Cuts the rows at their limit of bytes, and reads the values that the server held back. */
async function cut(
  connection: Connection,
  found: { readonly statement: Statement; readonly rows: readonly Row[]; readonly bytesMax: number },
): Promise<readonly Row[]> {
  const missing: MissingValue[] = [];
  const rows = rowsUpToBytes(found, missing);
  if (missing.length > 0) fillIn(missing, await resultOf(connection, listQuery(VALUES_BY_ID, missingIds(missing))));
  return rows;
}
