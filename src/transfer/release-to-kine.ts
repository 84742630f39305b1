/** Hands a database back to kine: restores what kine needs, and removes what only tine uses. */
import { migrationsTable } from '../../migrations/migrations.ts';
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { clientsCompactMarkText, keyBytes } from '../sql/key-text.ts';
import { modRevision, version } from '../sql/rows/row.ts';
import { record } from '../sql/shape.ts';
import { kinesClientsMarkName } from '../sql/statements/take-over-statements.ts';
import { fillMissingIds } from './fill-missing-ids.ts';
import { tinesKineIndex, tinesTables } from './schema-parts.ts';
import { compactedId, numberOf, requireKnown, stateOf, type TableFacts, tableFacts } from './table-facts.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

/**
 * Releases the database in one transaction. Returns the lines of its report, or none if the
 * database was kine's already. A second run changes nothing. Where the tables of a database cannot
 * be changed in a transaction, the rows are changed first, then columns and indexes, and tine's
 * tables are dropped last: after an interruption the next run continues.
 *
 * @throws StartError if the database cannot be handed back.
 */
export async function releaseToKine(database: OfflineDatabase): Promise<readonly string[]> {
  const facts = await tableFacts(database);
  requireKnown(database, facts, 'release');
  if (!facts.isTines) return [];
  await refuseUnfinishedCopy(database, facts);
  await refuseWhatKineCannotHold(database);
  const markId = await compactedId(database);
  const report = [
    await usersLost(database),
    counted(await returnClientsMark(database), "rows of the key compact_rev_key under kine's name for it"),
    counted(await unescapeNames(database), 'keys with their bytes unescaped'),
    counted(await forgetLaggingRevisions(database), 'rows whose id became their revision, as in kine'),
    counted(await leasesToTtls(database), 'rows with a TTL, as in kine, instead of a lease'),
    counted(await fillMissingIds(database, markId), 'missing ids filled'),
    counted(await fillOldValues(database, markId), 'rows given the previous value, as kine stores it'),
  ];
  await forgetTakeOver(database, facts);
  await changeTables(database);
  return [...report.filter((line) => line !== undefined), "kine's indexes exist, tine's tables are dropped"];
}

/**
 * Warns about users and roles: kine has none, and every client that can connect may do everything.
 */
async function usersLost(database: OfflineDatabase): Promise<string | undefined> {
  const { tables } = await tableFacts(database);
  const count = async (table: string): Promise<number> =>
    tables.has(table) ? numberOf(await database.value(`SELECT COUNT(*) FROM ${table}`)) : 0;
  const [users, roles] = [await count('tine_user'), await count('tine_role')];
  if (users + roles === 0) return undefined;
  const isOn = (await stateOf(database, 'auth_enabled')) === 1;
  const warning = isOn ? '; authentication was on until now, and kine accepts every client that can connect' : '';
  return `users and roles lost, which kine does not have: ${users} and ${roles}${warning}`;
}

const counted = (count: number, what: string): string | undefined => (count === 0 ? undefined : `${what}: ${count}`);

/**
 * A row without a version counts as kine's. The next start of tine takes over its name, its value
 * and its TTL.
 */
const makeKines = 'version = NULL';

/** @throws StartError with a key that kine cannot store, and what to do with it. */
async function refuseWhatKineCannotHold(database: OfflineDatabase): Promise<void> {
  const { sql } = database;
  const found = await database.values(`SELECT DISTINCT name FROM kine WHERE ${sql.maybeUnstorableInKine}`);
  for (const name of found) {
    const key = keyBytes(String(name));
    const why = sql.unstorableInKine(key);
    if (why === undefined) continue;
    const shown = JSON.stringify(Buffer.from(key.subarray(0, shownKeyBytesMax)).toString());
    throw new StartError(
      `${database.name}: kine cannot hold the key ${shown}: it ${why}; delete the key, compact, then release`,
    );
  }
}

const shownKeyBytesMax = 100;

/**
 * Restores the API server's key `compact_rev_key`, which kine stores under another name, with the
 * version before the value.
 */
async function returnClientsMark(database: OfflineDatabase): Promise<number> {
  const { sql } = database;
  const exists = async (name: string): Promise<boolean> =>
    (await database.value(`SELECT 1 FROM kine WHERE name = ${sql.parameter.text} LIMIT 1`, name)) !== undefined;
  if (!(await exists(clientsCompactMarkText))) return 0;
  if (await exists(kinesClientsMarkName)) {
    throw new StartError(
      `${database.name}: kine needs the key ${kinesClientsMarkName} for itself; delete it, compact, then release`,
    );
  }
  // From the newest row on: a version that kine left out is counted along the older rows.
  const found = await database.rows(
    record({ id: 'integer', version: 'integer?', value: 'bytes?', deleted: 'integer?' }),
    `SELECT id, ${version(sql, 'kine')}, ${sql.expression.selectedBytes('value')}, deleted FROM kine WHERE name = ${sql.parameter.text} ORDER BY id DESC`,
    clientsCompactMarkText,
  );
  for (const { id, version: keyVersion, value, deleted } of found) {
    const bytes = Buffer.concat([Buffer.from(`${keyVersion}|`), value ?? new Uint8Array(0)]);
    await database.change(
      `UPDATE kine SET name = ${sql.parameter.text}, value = ${sql.parameter.bytes}, ${makeKines} WHERE id = ${sql.parameter.integer}`,
      kinesClientsMarkName,
      deleted === 1 ? null : bytes,
      id,
    );
  }
  return found.length;
}

/** Restores keys with bytes that tine escapes. kine stores the bytes unchanged, as text. */
async function unescapeNames(database: OfflineDatabase): Promise<number> {
  const { sql } = database;
  const names = await database.values(
    `SELECT DISTINCT name FROM kine WHERE name LIKE ${sql.parameter.text} OR name LIKE ${sql.parameter.text}`,
    '%\u0001%',
    '%\u007f%',
  );
  // The shortest first: the bytes of a key are shorter, and may be the text of another one.
  const texts = names.map(String).sort((a, b) => a.length - b.length);
  for (const name of texts) {
    await database.change(
      `UPDATE kine SET name = ${sql.parameter.textOfBytes}, ${makeKines} WHERE name = ${sql.parameter.text}`,
      keyBytes(name),
      name,
    );
  }
  return names.length;
}

/**
 * Removes revisions that differ from ids: to kine an id is a revision. Create revisions follow.
 * Where the creating row is compacted away they stay, and are below the id.
 */
async function forgetLaggingRevisions(database: OfflineDatabase): Promise<number> {
  const first = await database.value('SELECT MIN(revision) FROM kine WHERE revision IS NOT NULL');
  await database.change('UPDATE kine SET sub_revision = NULL WHERE sub_revision IS NOT NULL');
  if (typeof first !== 'number') return 0;
  await database.change(
    database.sql.updateJoined({
      joined: 'creation',
      on: `creation.name = kine.name AND creation.created = 1 AND ${modRevision('creation')} = kine.create_revision`,
      set: [['create_revision', 'creation.id']],
      where: `kine.created = 0 AND kine.deleted = 0 AND kine.create_revision >= ${first}`,
    }),
  );
  return database.change('UPDATE kine SET revision = NULL WHERE revision IS NOT NULL');
}

/**
 * Removes leases. tine writes the TTL beside the lease, and kine counts the TTL from its own start.
 */
function leasesToTtls(database: OfflineDatabase): Promise<number> {
  return database.change(`UPDATE kine SET lease_id = NULL, ${makeKines} WHERE lease_id IS NOT NULL`);
}

/**
 * Copies previous values into the rows: kine reports them to watchers, and does not read the
 * replaced row for this. Below the mark no watch is possible.
 */
async function fillOldValues(database: OfflineDatabase, markId: number): Promise<number> {
  const { sql } = database;
  const empty = (row: string) =>
    `${row}.id > ${markId} AND ${row}.created = 0 AND ${row}.prev_revision > 0 AND ${row}.old_value IS NULL`;
  const copied = await database.change(
    sql.updateJoined({
      joined: 'earlier',
      on: 'earlier.id = kine.prev_revision',
      set: [['old_value', `COALESCE(earlier.value, ${sql.expression.noBytes})`]],
      where: empty('kine'),
    }),
  );
  return (
    copied + (await database.change(`UPDATE kine SET old_value = ${sql.expression.noBytes} WHERE ${empty('kine')}`))
  );
}

/**
 * Makes a start of tine take the whole database over, if this release is interrupted after its rows
 * are committed: with all migrations, from the first row on, with new leases.
 */
async function forgetTakeOver(database: OfflineDatabase, { tables }: TableFacts): Promise<void> {
  if (tables.has(migrationsTable)) await database.change(`DELETE FROM ${migrationsTable}`);
  if (tables.has('tine_state')) await database.change("DELETE FROM tine_state WHERE name = 'covered_id'");
  if (tables.has('tine_lease')) await database.change('DELETE FROM tine_lease');
}

/** Restores kine's types, indexes and tables, in an order that an interrupted run can continue. */
async function changeTables(database: OfflineDatabase): Promise<void> {
  const { sql } = database;
  for (const statement of [...sql.returnColumns, ...sql.setSequence]) await database.change(statement);
  await makeKinesIndexes(database);
  const facts = await tableFacts(database);
  if (facts.indexes.has(tinesKineIndex)) await database.change(sql.dropIndex(tinesKineIndex));
  for (const name of tinesTables(facts)) await database.change(`DROP TABLE ${name}`);
}

/** Creates kine's missing indexes. Returns their number. */
export async function makeKinesIndexes(database: OfflineDatabase): Promise<number> {
  const { indexes } = await tableFacts(database);
  const missing = Object.entries(database.sql.kinesIndexes).filter(([name]) => !indexes.has(name));
  for (const [name, definition] of missing) await database.change(`CREATE ${definition.replace('{}', name)}`);
  return missing.length;
}
