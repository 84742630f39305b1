/** Postgres as the commands use it. */
import pg from 'pg';
import pino from 'pino';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { limits } from '../../limits.ts';
import type { Query } from '../../mvcc/program.ts';
import { postgresOfflineDialect } from '../../sql/dialects/postgres-offline-dialect.ts';
import { changeRows, type Row } from '../../sql/statement.ts';
import type { OfflineAccess } from '../offline.ts';
import type { OfflineConnection } from '../remote/offline-connection.ts';
import { offlineServer } from '../remote/offline-server.ts';
import { classifyError, isDatabaseMissing } from './classify-error.ts';
import { connectionSettings } from './connection-settings.ts';
import { describeServer, openNode, Terms } from './node-state.ts';
import { parameterValues } from './parameters.ts';
import { SIZE } from './postgres-engine.ts';
import { postgresFacts } from './postgres-facts.ts';
import { destroy } from './postgres-session.ts';
import { prepareDatabase } from './prepare-database.ts';
import { offlineSettings } from './settings.ts';
import { lockRevisionOffline, tryLockSchema } from './store-locks.ts';
import { columnTypes } from './types.ts';

/** One message: the role's own settings might end the session before a second one. */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; ${offlineSettings}`;

export function offlinePostgres(dsn: RemoteDsn): OfflineAccess {
  const terms = new Terms();
  return offlineServer({
    dsn,
    sql: postgresOfflineDialect,
    facts: postgresFacts,
    keyLengthMax: limits.postgresKeyLengthMax,
    connect: (host) => connect(dsn, host),
    openNode: (host) => openNode(dsn, host, { terms }),
    describe: describeServer,
    size: SIZE,
    classifyError,
    isDatabaseMissing: isDatabaseMissing,
    // A command shows no log.
    prepare: (host) => prepareDatabase({ dsn, host, logger: pino({ enabled: false }) }),
    beginSnapshot: [`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${offlineSettings}`],
    begin: [begin],
    lockRevision: lockRevisionOffline,
    beginLock: [begin],
    tryLockSchema,
    nowMs: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
  });
}

async function connect(dsn: RemoteDsn, host: DatabaseHost): Promise<OfflineConnection> {
  const client = new pg.Client({ ...(await connectionSettings(dsn, host)), types: columnTypes });
  // The waiting query reports the error.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    destroy(client);
    throw error;
  }
  return { run: (query) => run(client, query), close: () => client.end(), abandon: () => destroy(client) };
}

async function run(client: pg.Client, query: Query): Promise<readonly Row[]> {
  const { statement, list } = query;
  const isChange = statement.returns === 'change';
  if (list?.length === 0) return isChange ? changeRows(0) : [];
  let count = 0;
  const text = statement.text(postgresOfflineDialect).replaceAll('?', () => `$${++count}`);
  const { rows, rowCount } = await client.query({ text, values: parameterValues(query), rowMode: 'array' });
  return isChange ? changeRows(rowCount ?? 0) : (rows as unknown as readonly Row[]);
}
