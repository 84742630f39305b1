/** Refuses to work on an unfinished copy, and reports it. The database may be of any program. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { isUnfinishedCopy, unfinishedCopyText } from '../mvcc/start-up/unfinished-copy.ts';
import type { TableFacts } from './table-facts.ts';

/** @throws StartError if the database is an unfinished copy. */
export async function refuseUnfinishedCopy(database: OfflineDatabase, facts: TableFacts): Promise<void> {
  for (const finding of await copyFinding(database, facts)) throw new StartError(`${database.name}: ${finding}`);
}

/** The finding of a check. */
export async function copyFinding(database: OfflineDatabase, { tables }: TableFacts): Promise<readonly string[]> {
  const isUnfinished = tables.has('tine_state') && (await database.run(isUnfinishedCopy()));
  return isUnfinished ? [unfinishedCopyText] : [];
}
