/** The database that a copy goes into. */
import { createHash } from 'node:crypto';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { change, insertEach } from '../../mvcc/program.ts';
import { FORGET_COPY } from '../../sql/copy-statements.ts';
import { compactMarkName } from '../../sql/key-text.ts';
import { SET_STATE } from '../../sql/state-statements.ts';
import { copySourceName } from '../../sql/take-over-statements.ts';
import { counted, numberOf, requireKnown, stateOf, tableFacts } from '../table-facts.ts';

/** Bits of the number that tells a source from another: what a JavaScript number holds. */
const sourceNumberBits = 52n;

/** A number that stands for a source in its target. */
export function sourceNumber(sourceName: string): number {
  const hash = createHash('sha256').update(sourceName).digest().readBigUInt64BE();
  return Number(hash >> (64n - sourceNumberBits));
}

/**
 * Makes the database and its tables.
 *
 * @throws StartError when something else is in it.
 */
export async function prepareTarget(target: OfflineAccess, sourceName: string): Promise<void> {
  if (await target.exists()) await target.readSnapshot((database) => refuseForeignData(database, sourceName));
  await target.prepare();
}

/** Begins the copy, or goes on with the same one; whether it goes on. */
export async function beginCopy(database: OfflineDatabase, sourceName: string): Promise<boolean> {
  // Somebody may have written since the first look.
  await refuseForeignData(database, sourceName);
  if ((await stateOf(database, copySourceName)) !== undefined) return true;
  await database.change('DELETE FROM kine');
  await database.change('DELETE FROM kine_current');
  await database.change('DELETE FROM tine_lease');
  await storeState(database, copySourceName, sourceNumber(sourceName));
  return false;
}

export function storeState(database: OfflineDatabase, name: string, value: number): Promise<number> {
  return database.run(insertEach(SET_STATE, [{ name, value }]));
}

/** From now on the target is a database like any other. */
export function forgetCopy(database: OfflineDatabase): Promise<number> {
  return database.run(change(FORGET_COPY));
}

async function refuseForeignData(database: OfflineDatabase, sourceName: string): Promise<void> {
  const facts = await tableFacts(database);
  if (!facts.tables.has('kine')) return;
  requireKnown(database, facts, 'copy into');
  if (facts.tables.has('tine_state')) {
    const source = await stateOf(database, copySourceName);
    if (source === sourceNumber(sourceName)) return;
    if (source !== undefined) {
      throw new StartError(
        `${database.name}: it has half of a copy from elsewhere; finish that one, or drop the database and start again`,
      );
    }
  }
  if (facts.tables.has('tine_user')) {
    const users = numberOf(await database.value('SELECT COUNT(*) FROM tine_user'));
    if (users > 0) {
      throw new StartError(
        `${database.name}: it has ${counted(users, 'user')}; name an empty database, or one that is not there yet`,
      );
    }
  }
  const found = numberOf(await database.value(`SELECT COUNT(*) FROM kine WHERE name <> '${compactMarkName}'`));
  if (found === 0) return;
  throw new StartError(
    `${database.name}: it is not empty (${counted(found, 'row')}); name an empty database, or one that is not there yet`,
  );
}
