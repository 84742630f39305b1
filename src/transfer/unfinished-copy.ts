/** Detects an unfinished copy. Its target must be neither served nor handed on. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { copySourceName } from '../sql/statements/take-over-statements.ts';
import { stateOf, type TableFacts } from './table-facts.ts';

const advice = 'run the same `tine copy` again, which continues it, or drop the database';

/** @throws StartError if the database is an unfinished copy. */
export async function refuseUnfinishedCopy(database: OfflineDatabase, facts: TableFacts): Promise<void> {
  if (await isUnfinished(database, facts)) {
    throw new StartError(`${database.name}: a copy into this database has not been finished; ${advice}`);
  }
}

/** The finding of a check. */
export async function copyFinding(database: OfflineDatabase, facts: TableFacts): Promise<readonly string[]> {
  return (await isUnfinished(database, facts)) ? [`a copy into this database has not been finished; ${advice}`] : [];
}

async function isUnfinished(database: OfflineDatabase, { tables }: TableFacts): Promise<boolean> {
  return tables.has('tine_state') && (await stateOf(database, copySourceName)) !== undefined;
}
