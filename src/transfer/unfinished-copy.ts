/** A copy that is under way, or was cut off: its target is neither to be served nor to be handed on. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { copySourceName } from '../sql/statements/take-over-statements.ts';
import { stateOf, type TableFacts } from './table-facts.ts';

const cure = 'run the same `tine copy` again, which goes on where it was, or drop the database';

/** @throws StartError when the database is half of a copy. */
export async function refuseUnfinishedCopy(database: OfflineDatabase, facts: TableFacts): Promise<void> {
  if (await isUnfinished(database, facts)) {
    throw new StartError(`${database.name}: a copy into it has not been finished; ${cure}`);
  }
}

/** The finding that a check makes of it. */
export async function copyFinding(database: OfflineDatabase, facts: TableFacts): Promise<readonly string[]> {
  return (await isUnfinished(database, facts)) ? [`a copy into it has not been finished; ${cure}`] : [];
}

async function isUnfinished(database: OfflineDatabase, { tables }: TableFacts): Promise<boolean> {
  return tables.has('tine_state') && (await stateOf(database, copySourceName)) !== undefined;
}
