/** The target database of a copy. */
import { createHash } from 'node:crypto';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { change, insertEach } from '../../mvcc/program.ts';
import { compactMarkName, keyBytes } from '../../sql/key-text.ts';
import { FORGET_COPY } from '../../sql/statements/copy-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { copySourceName } from '../../sql/statements/take-over-statements.ts';
import { counted, numberOf, requireKnown, stateOf, tableFacts } from '../table-facts.ts';

/** Bits of the number that identifies a source: as many as a JavaScript number holds. */
const sourceNumberBits = 52n;

/** The number that identifies a source in its target. */
export function sourceNumber(sourceName: string): number {
  const hash = createHash('sha256').update(sourceName).digest().readBigUInt64BE();
  return Number(hash >> (64n - sourceNumberBits));
}

/**
 * Creates the database and its tables.
 *
 * @throws StartError if it contains other data.
 */
export async function prepareTarget(target: OfflineAccess, sourceName: string): Promise<void> {
  const isPrepared =
    (await target.exists()) && (await target.readSnapshot((database) => checked(database, sourceName)));
  // A migration waits for the lock of a copy that runs without a limit, `whileLocked` for a moment.
  if (!isPrepared) await target.prepare();
}

/** Refuses other data. Returns whether the database has all tables of this version. */
async function checked(database: OfflineDatabase, sourceName: string): Promise<boolean> {
  await refuseForeignData(database, sourceName);
  const { isTines, missingMigrations } = await tableFacts(database);
  return isTines && missingMigrations.length === 0;
}

/** Begins a copy, or continues the same one. Returns whether it continues. */
export async function beginCopy(database: OfflineDatabase, sourceName: string): Promise<boolean> {
  // Another program may have written since the first check.
  await refuseForeignData(database, sourceName);
  if ((await stateOf(database, copySourceName)) !== undefined) return true;
  await database.change('DELETE FROM kine');
  await database.change('DELETE FROM kine_current');
  await database.change('DELETE FROM tine_lease');
  await storeState(database, copySourceName, sourceNumber(sourceName));
  return false;
}

/** Where keys are stored. */
export type KeyPlace = Pick<OfflineAccess, 'name' | 'keyLengthMax'>;

/**
 * Refuses a key that the indexes of the target do not accept. Postgres stores a longer key if it
 * can be compressed, but tine then accepts no write of this key.
 *
 * @throws StartError with the beginning of the key.
 */
export function refuseLongKey(name: string, { name: target, keyLengthMax }: KeyPlace): void {
  if (name.length <= keyLengthMax) return;
  const shown = JSON.stringify(Buffer.from(keyBytes(name).subarray(0, shownKeyBytesMax)).toString());
  throw new StartError(
    `${target}: it can index keys of at most ${keyLengthMax} characters, and the key that begins with ${shown} has ${name.length}; copy into another kind of database, or delete the key`,
  );
}

const shownKeyBytesMax = 100;

export function storeState(database: OfflineDatabase, name: string, value: number): Promise<number> {
  return database.run(insertEach(SET_STATE, [{ name, value }]));
}

/** Ends the copy. The target is then a normal database. */
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
        `${database.name}: it contains an unfinished copy of another source; finish that copy, or drop the database and start again`,
      );
    }
  }
  if (facts.tables.has('tine_user')) {
    const users = numberOf(await database.value('SELECT COUNT(*) FROM tine_user'));
    if (users > 0) {
      throw new StartError(
        `${database.name}: it has ${counted(users, 'user')}; give an empty database, or one that does not exist yet`,
      );
    }
  }
  const found = numberOf(await database.value(`SELECT COUNT(*) FROM kine WHERE name <> '${compactMarkName}'`));
  if (found === 0) return;
  throw new StartError(
    `${database.name}: it is not empty (${counted(found, 'row')}); give an empty database, or one that does not exist yet`,
  );
}
