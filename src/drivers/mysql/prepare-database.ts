/**
 * Prepares a MySQL database before it is served: creates it, checks the server, and migrates the
 * schema.
 */
import type { Knex } from 'knex';
import type { Connection } from 'mysql2';
import type { Logger } from 'pino';
import { migrations } from '../../../migrations/migrations.ts';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { remoteLimits } from '../remote/remote-limits.ts';
import { waitForSchemaLock } from '../remote/schema-lock.ts';
import { refuseForeignColumns, refuseNewer } from '../schema-checks.ts';
import { withKnex } from '../with-knex.ts';
import { errorNumber, serverErrorNumber } from './classify-error.ts';
import { connectionSettings, forKnex } from './connection-settings.ts';
import { appliedMigrations, migrate } from './migrate.ts';
import { clusterSettings, destroy, isOn, ownDefaults } from './ready-connection.ts';
import { startError } from './start-error.ts';

/** The database, the logger for advice about its settings, and the end of an abandoned attempt. */
interface PrepareTarget {
  readonly dsn: RemoteDsn;
  readonly host: DatabaseHost;
  readonly logger: Logger;
  readonly signal?: AbortSignal;
}

/**
 * Prepares the database.
 *
 * @throws StartError for a fault that the operator must repair; the error of mysql2 during an
 * outage.
 */
export async function prepareDatabase(target: PrepareTarget): Promise<void> {
  const { dsn } = target;
  try {
    try {
      await withServer(target, dsn.database, (database) => bringUpToDate(database, target));
    } catch (error) {
      if (serverErrorNumber(error) !== errorNumber.badDatabase) throw error;
      await createDatabase(target);
      await withServer(target, dsn.database, (database) => bringUpToDate(database, target));
    }
  } catch (error) {
    throw startError(error, dsn);
  }
}

/** Quotes a name. knex's `??` would treat a dot as a separator of two names. */
function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

async function createDatabase(target: PrepareTarget): Promise<void> {
  const { dsn } = target;
  try {
    await withServer(target, undefined, (server) =>
      server.raw(`${ownDefaults};CREATE DATABASE IF NOT EXISTS ${quotedName(dsn.database)}`),
    );
  } catch (error) {
    if (serverErrorNumber(error) !== errorNumber.databaseAccessDenied) throw error;
    throw new StartError(
      `${dsnText(dsn)}: there is no database "${dsn.database}", or user "${dsn.user}" may neither use it nor create databases; create it and GRANT ALL ON \`${dsn.database}\`.* to the user`,
      { cause: error },
    );
  }
}

/** Runs work on the server. `database` undefined: without a database. */
async function withServer<Result>(
  { dsn, host, signal }: PrepareTarget,
  database: string | undefined,
  use: (server: Knex) => Promise<Result>,
): Promise<Result> {
  const { database: _named, ...settings } = await connectionSettings(dsn, host);
  const connection = forKnex(database === undefined ? settings : { ...settings, database });
  return withKnex({ client: 'mysql2', version: 'latest', connection }, use, {
    signal,
    destroy: (raw) => destroy(raw as Connection),
  });
}

async function bringUpToDate(database: Knex, target: PrepareTarget): Promise<void> {
  await database.raw(`${ownDefaults};${idleTimeout}`);
  await checkServer(database, target);
  await database.raw("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
  // Lets one instance of a server change the schema at a time. The lock belongs to the connection.
  // Nodes of a cluster do not share it.
  await waitForSchemaLock(async () => {
    const [found] = await rowsOf<{ locked: number }>(database, `SELECT ${tryLockSchema} AS locked`);
    return found?.locked === 1;
  }, target.logger);
  await refuseForeignTable(database, target.dsn);
  const applied = await appliedMigrations(database);
  refuseNewer(dsnText(target.dsn), applied);
  if (applied.length < migrations.length) await migrate(database);
}

/** The server's bound of the time between two statements. A statement that runs is not idle. */
const idleTimeout = `SET SESSION wait_timeout = ${remoteLimits.prepareIdleMsMax / 1_000}`;

/**
 * The statements need features of MySQL 8.0.14: derived tables that refer to the row around them.
 */
export const versionsMin = { MySQL: [8, 0, 14], MariaDB: [10, 5, 0] } as const;

async function checkServer(database: Knex, { dsn, logger }: PrepareTarget): Promise<void> {
  const [found] = await rowsOf<{ version: string; flush: number }>(
    database,
    'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush',
  );
  const { version = '', flush } = found ?? {};
  const kind = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  if (isOlder(plainVersion(version), versionsMin[kind])) {
    throw new StartError(
      `${dsnText(dsn)}: ${kind} ${version} is too old; tine needs MySQL 8.0.14 or MariaDB 10.5, or newer`,
    );
  }
  if (/tidb/i.test(version)) {
    throw new StartError(
      `${dsnText(dsn)}: TiDB takes the snapshot of a transaction before the transaction waits for a lock, so two instances would overwrite each other's writes; use MySQL or MariaDB`,
    );
  }
  await checkCluster(database, dsn);
  if (flush !== 1) {
    logger.warn(
      `${dsnText(dsn)}: with innodb_flush_log_at_trx_commit = ${flush} the last second's writes are lost in a crash of the machine; set it to 1`,
    );
  }
}

/**
 * Sets up a node of a cluster before its schema is read or changed, and refuses unsuitable
 * clusters.
 */
async function checkCluster(database: Knex, dsn: RemoteDsn): Promise<void> {
  const found = await rowsOf<{ Variable_name: string; Value: string }>(
    database,
    "SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'group_replication_group_name', 'group_replication_single_primary_mode')",
  );
  const variables = new Map(found.map(({ Variable_name, Value }) => [Variable_name, Value]));
  if (isOn(variables.get('wsrep_on'))) await database.raw(clusterSettings.join(';'));
  if (variables.get('group_replication_group_name') && !isOn(variables.get('group_replication_single_primary_mode'))) {
    throw new StartError(
      `${dsnText(dsn)}: a replication group with several primaries does not order the writes of its members as tine needs; set group_replication_single_primary_mode = ON`,
    );
  }
}

/** The version without the prefix that old MariaDB servers send for old clients. */
export const plainVersion = (version: string): string => version.replace(/^5\.5\.5-/, '');

/** Whether a version is older than another, part by part. */
export function isOlder(version: string, least: readonly number[]): boolean {
  const found = version.split(/[.-]/).map(Number);
  const index = least.findIndex((part, at) => found[at] !== part);
  return index !== -1 && (found[index] ?? 0) < (least[index] as number);
}

/**
 * Tries to take the lock for schema changes: 1, or 0 if another connection holds it. A lock name
 * has at most 64 characters, as a database name has. MySQL 9.7 has neither MD5 nor SHA1.
 */
export const tryLockSchema = "COALESCE(GET_LOCK(CONCAT('tine_', SHA2(DATABASE(), 224)), 0), 0)";

/** A table `kine` without kine's columns belongs to another program. */
async function refuseForeignTable(database: Knex, dsn: RemoteDsn): Promise<void> {
  const found = await rowsOf<{ name: string }>(
    database,
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'kine'",
  );
  if (found.length === 0) return;
  const columns = found.map(({ name }) => name.toLowerCase());
  refuseForeignColumns(dsnText(dsn), columns, 'database');
}

async function rowsOf<Row>(database: Knex, sql: string): Promise<readonly Row[]> {
  const [rows] = (await database.raw(sql)) as readonly [readonly Row[]];
  return rows;
}
