/**
 * Checks for schemas that tine cannot serve, the same for all databases. `where` names the database
 * in the error.
 */
import { kinesColumns, unknownMigration } from '../../migrations/migrations.ts';
import { StartError } from '../errors.ts';

/** @throws StartError if a newer version applied migrations that this version does not have. */
export function refuseNewer(where: string, applied: readonly string[]): void {
  const unknown = unknownMigration(applied);
  if (unknown === undefined) return;
  throw new StartError(`${where} was written by a newer tine (it has ${unknown}); start that version or a newer one`);
}

/**
 * Refuses a table `kine` without kine's columns: another program made it. `kind`: the word for the
 * database in the advice.
 *
 * @throws StartError if columns are missing.
 */
export function refuseForeignColumns(where: string, columns: readonly unknown[], kind: 'file' | 'database'): void {
  const missing = kinesColumns.filter((column) => !columns.includes(column));
  if (missing.length === 0) return;
  throw new StartError(
    `${where}: its table kine is not kine's (it has no column ${missing.join(', ')}); give another ${kind}, or rename that table`,
  );
}
