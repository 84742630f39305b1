/**
 * Migrates the schema. MySQL has no transactions for schema changes, and its locks belong to one
 * node: instances on several nodes of a cluster run the same steps at once. Each step first checks
 * whether it was already made. If another instance makes it in between, the step fails, and all
 * steps are checked again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { migrations, migrationsTable } from '../../../migrations/migrations.ts';
import { mysqlWords } from '../../../migrations/words.ts';
import { DriverError } from '../../errors.ts';
import { TransactionConflict } from '../remote/retry.ts';
import { classifyError, errorNumber, serverErrorNumber } from './classify-error.ts';

/** How long other instances may interfere. All steps of a new schema take less than a second. */
const attemptsEndAfterMs = 30_000;
const pauseMs = 50;

/**
 * Errors of a step that another instance made in between: it created a table, a column, an index or
 * a row, or dropped an index.
 */
const madeByAnother: ReadonlySet<number | undefined> = new Set([
  errorNumber.tableExists,
  errorNumber.duplicateColumn,
  errorNumber.duplicateIndex,
  errorNumber.duplicateRow,
  errorNumber.noIndexToDrop,
]);

/** @throws DriverError `busy` if other instances keep changing the schema. */
export async function migrate(database: Knex): Promise<void> {
  const endMs = performance.now() + attemptsEndAfterMs;
  for (;;) {
    try {
      return await applyMissing(database);
    } catch (error) {
      if (!isMadeByAnother(error)) throw error;
      if (performance.now() > endMs) {
        throw new DriverError('busy', 'other instances are changing the schema', { cause: error });
      }
      await pause(pauseMs);
    }
  }
}

/** The names of the applied migrations. */
export async function appliedMigrations(database: Knex): Promise<readonly string[]> {
  if (!(await database.schema.hasTable(migrationsTable))) return [];
  const rows: readonly { name: unknown }[] = await database(migrationsTable).orderBy('id').select('name');
  // Two instances may have recorded the same migration.
  return [...new Set(rows.map(({ name }) => String(name)))];
}

async function applyMissing(database: Knex): Promise<void> {
  const applied = await appliedMigrations(database);
  const missing = migrations.filter(({ name }) => !applied.includes(name));
  if (missing.length === 0) return;
  await database.raw(
    `CREATE TABLE IF NOT EXISTS ${migrationsTable} (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time TIMESTAMP NULL)${mysqlWords.table}`,
  );
  for (const { name, up } of missing) {
    await up(database, mysqlWords);
    await database(migrationsTable).insert({ name, batch: 1, migration_time: new Date() });
  }
}

function isMadeByAnother(error: unknown): boolean {
  return madeByAnother.has(serverErrorNumber(error)) || classifyError(error) instanceof TransactionConflict;
}
