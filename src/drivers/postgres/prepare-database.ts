/** A Postgres database before it is served: is it there, can it be served, is its schema this version's? */
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { migrationSource, migrations, migrationsTable } from '../../../migrations/migrations.ts';
import { postgresWords } from '../../../migrations/words.ts';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { silentLog } from '../knex-log.ts';
import { refuseForeignColumns, refuseNewer } from '../schema-checks.ts';
import { codeOf, isDatabaseMissing } from './classify-error.ts';
import { connectionSettings } from './connection-settings.ts';
import { probeServer } from './probe-server.ts';
import { migrationSettings } from './settings.ts';
import { startError } from './start-error.ts';
import { fromStoreSchema, lockSchema } from './store-locks.ts';

const versionMin = 120_000;
/** Its database is there on every server; one is connected to it to make another. */
export const maintenanceDatabase = 'postgres';

/** @throws StartError for what a person must mend; whatever pg says while the server is away. */
export async function prepareDatabase(dsn: RemoteDsn, host: DatabaseHost): Promise<void> {
  try {
    await prepareExisting(dsn, host);
  } catch (error) {
    if (!isDatabaseMissing(error)) throw startError(error, dsn);
    await createDatabase(dsn, host);
    await prepareExisting(dsn, host).catch((failure: unknown) => {
      throw startError(failure, dsn);
    });
  }
}

/** The probe opens two connections, and a role may be allowed no more: nothing else is open meanwhile. */
async function prepareExisting(dsn: RemoteDsn, host: DatabaseHost): Promise<void> {
  await withKnex(dsn, host, (database) => refuseOldServer(database, dsn));
  const { hasTable } = await probeServer(dsn, host);
  await withKnex(dsn, host, (database) => bringUpToDate(database, dsn));
  if (!hasTable) await probeServer(dsn, host);
}

const duplicateDatabase = '42P04';
const uniqueViolation = '23505';

async function createDatabase(dsn: RemoteDsn, host: DatabaseHost): Promise<void> {
  try {
    // Every byte of a key is ASCII, and compared as a byte, whatever the server's own language is.
    await runOnServer(dsn, host, `CREATE DATABASE ${pg.escapeIdentifier(dsn.database)}`);
  } catch (error) {
    const code = codeOf(error);
    // Another instance was quicker.
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

/** Without knex, to which a dot in a name separates two names and a question mark is a parameter. */
async function runOnServer(dsn: RemoteDsn, host: DatabaseHost, statement: string): Promise<void> {
  const client = new pg.Client(await connectionSettings({ ...dsn, database: maintenanceDatabase }, host));
  // The query that waits rejects with the error.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function withKnex<Result>(
  dsn: RemoteDsn,
  host: DatabaseHost,
  use: (database: Knex) => Promise<Result>,
): Promise<Result> {
  const settings = await connectionSettings(dsn, host);
  const database = knex({
    client: 'pg',
    connection: settings as Knex.PgConnectionConfig,
    pool: { min: 0, max: 1 },
    log: silentLog,
  });
  try {
    return await use(database);
  } finally {
    await database.destroy();
  }
}

/** All of it is one transaction under a lock: a process that is killed half-way leaves the database as it was. */
async function bringUpToDate(database: Knex, dsn: RemoteDsn): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.raw(migrationSettings);
    await useStoreSchema(transaction, dsn);
    await transaction.raw(lockSchema);
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

/** What others changed under the lock is seen once the lock is held. */
const underReadCommitted = { isolationLevel: 'read committed' } as const;

/** knex looks for tables in the first schema of `search_path` only, and makes them there. */
async function useStoreSchema(transaction: Knex.Transaction, dsn: RemoteDsn): Promise<void> {
  const { rows } = await transaction.raw<{ rows: readonly unknown[] }>(
    `SELECT set_config('search_path', quote_ident(nspname), true) ${fromStoreSchema}`,
  );
  if (rows.length > 0) return;
  throw new StartError(
    `${dsnText(dsn)}: search_path of user "${dsn.user}" names no schema that exists; create the schema, or set another: ALTER ROLE "${dsn.user}" SET search_path TO schema`,
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

/** A table `kine` that has not kine's columns is another program's. */
async function refuseForeignTable(database: Knex, dsn: RemoteDsn): Promise<void> {
  if (!(await database.schema.hasTable('kine'))) return;
  const columns = Object.keys(await database('kine').columnInfo());
  refuseForeignColumns(dsnText(dsn), columns, 'database');
}
