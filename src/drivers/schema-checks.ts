/** What a database may hold that keeps tine from serving it, whichever kind it is. `where` names it in the message. */
import { kinesColumns, unknownMigration } from '../../migrations/migrations.ts';
import { StartError } from '../errors.ts';

/** @throws StartError when a newer version applied migrations that this one does not know. */
export function refuseNewer(where: string, applied: readonly string[]): void {
  const unknown = unknownMigration(applied);
  if (unknown === undefined) return;
  throw new StartError(`${where} was written by a newer tine (it has ${unknown}); start that version or a newer one`);
}

/** A table `kine` that has not kine's columns is another program's. `kind`: what to name another of, such as `file`. */
export function refuseForeignColumns(where: string, columns: readonly unknown[], kind: 'file' | 'database'): void {
  const missing = kinesColumns.filter((column) => !columns.includes(column));
  if (missing.length === 0) return;
  throw new StartError(
    `${where}: its table kine is not kine's (it has no column ${missing.join(', ')}); name another ${kind}, or rename that table`,
  );
}
