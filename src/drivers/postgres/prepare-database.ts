/**
 * Prepares a Postgres database before it is served: creates it, checks the server, and migrates the
 * schema.
 */
import type { Knex } from 'knex';
import pg from 'pg';
import type { Logger } from 'pino';
import { migrationSource, migrations, migrationsTable } from '../../../migrations/migrations.ts';
import { postgresWords } from '../../../migrations/words.ts';
import { dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { waitForSchemaLock } from '../remote/schema-lock.ts';
import { refuseForeignColumns, refuseNewer } from '../schema-checks.ts';
import { withKnex } from '../with-knex.ts';
import { codeOf, isDatabaseMissing } from './classify-error.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { type ConnectTarget, probeServer, withClient } from './probe-server.ts';
import { migrationSettings } from './settings.ts';
import { startError } from './start-error.ts';
import { fromStoreSchema, tryLockSchema } from './store-locks.ts';

/** The oldest supported version, as `server_version_num`. */
export const versionMin = 120_000;
/** Exists on every server. tine connects to it to create another database. */
export const maintenanceDatabase = 'postgres';

/** The database, the logger for waits, and the end of an abandoned attempt. */
interface PrepareTarget extends ConnectTarget {
  readonly logger: Logger;
}

/**
 * Prepares the database.
 *
 * @throws StartError for a fault that the operator must repair; the error of pg during an outage.
 */
export async function prepareDatabase(target: PrepareTarget): Promise<void> {
  const { dsn } = target;
  try {
    await prepareExisting(target);
  } catch (error) {
    if (!isDatabaseMissing(error)) throw startError(error, dsn);
    await createDatabase(target);
    await prepareExisting(target).catch((failure: unknown) => {
      throw startError(failure, dsn);
    });
  }
}

/**
 * Prepares a database that exists. The probe opens two connections, which may be the limit of the
 * role, so no other connection is open meanwhile.
 */
async function prepareExisting(target: PrepareTarget): Promise<void> {
  const { dsn } = target;
  await withDatabase(target, (database) => refuseOldServer(database, dsn));
  const { hasTable } = await probeServer(target);
  await withDatabase(target, (database) => bringUpToDate(database, target));
  if (!hasTable) await probeServer(target);
}

const duplicateDatabase = '42P04';
const uniqueViolation = '23505';

/**
 * Creates the database without knex: to knex, a dot in a name separates two names, and a question
 * mark is a parameter.
 */
async function createDatabase({ dsn, host, signal }: PrepareTarget): Promise<void> {
  const maintenance = { dsn: { ...dsn, database: maintenanceDatabase }, host, signal };
  try {
    // Keys are ASCII and compared byte by byte, whatever the locale of the server is.
    const create = `CREATE DATABASE ${pg.escapeIdentifier(dsn.database)}`;
    await withClient(maintenance, (client) => client.query(create));
  } catch (error) {
    const code = codeOf(error);
    // Another instance has created it first.
    if (code === duplicateDatabase || code === uniqueViolation) return;
    if (code === '42501') {
      throw new StartError(
        `${dsnText(dsn)}: there is no database "${dsn.database}" and user "${dsn.user}" may not create it; create it (CREATE DATABASE "${dsn.database}" OWNER "${dsn.user}") or grant CREATEDB`,
        { cause: error },
      );
    }
    throw startError(error, dsn);
  }
}

async function withDatabase<Result>(
  { dsn, host, signal }: PrepareTarget,
  use: (database: Knex) => Promise<Result>,
): Promise<Result> {
  const settings = await connectionSettings(dsn, host);
  return withKnex({ client: 'pg', connection: settings as Knex.PgConnectionConfig }, use, {
    signal,
    destroy: (raw) => destroy(raw as pg.Client),
  });
}

/**
 * Migrates in one transaction under a lock. A process that is killed half-way leaves the database
 * as it was.
 */
async function bringUpToDate(database: Knex, { dsn, logger }: PrepareTarget): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.raw(migrationSettings);
    await useStoreSchema(transaction, dsn);
    await waitForSchemaLock(() => takesLock(transaction), logger);
    await refuseForeignTable(transaction, dsn);
    const applied = (await transaction.schema.hasTable(migrationsTable))
      ? (await transaction(migrationsTable).orderBy('id').select('name')).map(({ name }) => String(name))
      : [];
    refuseNewer(dsnText(dsn), applied);
    if (applied.length === migrations.length) return;
    await transaction.migrate.latest({
      tableName: migrationsTable,
      disableTransactions: true,
      migrationSource: migrationSource(postgresWords),
    });
  }, underReadCommitted);
}

async function takesLock(transaction: Knex.Transaction): Promise<boolean> {
  const { rows } = await transaction.raw<{ rows: readonly { locked: number }[] }>(tryLockSchema);
  return rows[0]?.locked === 1;
}

/** With the lock held, the transaction sees what others changed under it. */
const underReadCommitted = { isolationLevel: 'read committed' } as const;

/**
 * Sets the store's schema as the only one. knex looks for tables only in the first schema of
 * `search_path`, and creates them there.
 */
async function useStoreSchema(transaction: Knex.Transaction, dsn: RemoteDsn): Promise<void> {
  const { rows } = await transaction.raw<{ rows: readonly unknown[] }>(
    `SELECT set_config('search_path', quote_ident(nspname), true) ${fromStoreSchema}`,
  );
  if (rows.length > 0) return;
  throw new StartError(
    `${dsnText(dsn)}: search_path of user "${dsn.user}" contains no existing schema; create the schema, or set another one: ALTER ROLE "${dsn.user}" SET search_path TO schema`,
  );
}

async function refuseOldServer(database: Knex, dsn: RemoteDsn): Promise<void> {
  const { rows } = await database.raw<{ rows: readonly { version: string; name: string }[] }>(
    "SELECT current_setting('server_version_num') AS version, current_setting('server_version') AS name",
  );
  const [found] = rows;
  if (found === undefined || Number(found.version) >= versionMin) return;
  throw new StartError(`${dsnText(dsn)}: Postgres ${found.name} is too old; tine needs Postgres 12 or newer`);
}

/** A table `kine` without kine's columns belongs to another program. */
async function refuseForeignTable(database: Knex, dsn: RemoteDsn): Promise<void> {
  if (!(await database.schema.hasTable('kine'))) return;
  const columns = Object.keys(await database('kine').columnInfo());
  refuseForeignColumns(dsnText(dsn), columns, 'database');
}
