/** What `tine repair` mends, and how. */
import { migrationsTable } from '../../migrations/migrations.ts';
import type { LockedDatabase, OfflineAccess, OfflineDatabase } from '../drivers/offline.ts';
import { change, changeEach } from '../mvcc/program.ts';
import { rebuildCurrent, uniteMarks } from '../mvcc/take-over.ts';
import { compactMarkName } from '../sql/key-text.ts';
import { INSERT_KINES_MARK } from '../sql/repair-statements.ts';
import { DELETE_ROWS, SET_COMPACT_MARK } from '../sql/write-statements.ts';
import { checkDatabase, rowsNotCovered } from './check-database.ts';
import { fillMissingIds } from './fill-missing-ids.ts';
import { makeKinesIndexes } from './release-to-kine.ts';
import { breachOf, compactionDone, currentRules, leasesExist, unreachableRows } from './rules.ts';
import { missingParts } from './schema-parts.ts';
import { compactedId, counted, numberOf, requireKnown, type TableFacts, tableFacts } from './table-facts.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

export interface RepairReport {
  /** A line for each thing that was mended. */
  readonly done: readonly string[];
  /** The findings that are left, each with its cure. */
  readonly left: readonly string[];
}

/** One kind of fault: what was done about it, or undefined when there was none. */
type Repair = (database: OfflineDatabase, facts: TableFacts) => Promise<string | undefined>;

/** In their order: what follows relies on what came before. */
const repairs: readonly Repair[] = [
  repairMarks,
  repairHoles,
  repairLeases,
  repairLeftovers,
  repairCurrent,
  repairKinesIndexes,
  repairSequence,
];

/**
 * Each fault in one transaction. What is sound is not changed.
 *
 * @throws StartError when the database is nobody's, a newer tine's, or in use.
 */
export async function repairDatabase(access: OfflineAccess): Promise<RepairReport> {
  const isDamaged = await access.readSnapshot(async (database) => {
    const facts = await tableFacts(database);
    const { findings, summary } = await checkDatabase(database);
    if (summary === undefined) return findings;
    requireKnown(database, facts, 'repair');
    await refuseUnfinishedCopy(database, facts);
    return undefined;
  });
  // Over pages that cannot be read nothing is written.
  if (isDamaged !== undefined) return { done: [], left: isDamaged };
  const done: string[] = await restoreParts(access);
  await access.whileLocked(async (owned) => {
    for (const repair of repairs) {
      const line = await runRepair(owned, repair);
      if (line !== undefined) done.push(line);
    }
  });
  const { findings } = await access.readSnapshot(checkDatabase);
  return { done, left: findings };
}

function runRepair(owned: LockedDatabase, repair: Repair): Promise<string | undefined> {
  return owned.transaction(async (database) => repair(database, await tableFacts(database)));
}

/** The schema's own steps make what is missing when they run again. */
async function restoreParts(access: OfflineAccess): Promise<string[]> {
  const missing = await access.whileLocked((owned) =>
    owned.transaction(async (database) => {
      const facts = await tableFacts(database);
      if (!facts.isTines) return [];
      const found = missingParts(database.sql, facts);
      if (found.length > 0 && facts.tables.has(migrationsTable))
        await database.change(`DELETE FROM ${migrationsTable}`);
      return found;
    }),
  );
  if (missing.length > 0) await access.prepare();
  return missing.map((what) => `made ${what}`);
}

/** Exactly one, which covers what the others did. */
async function repairMarks(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const count = numberOf(await database.value(`SELECT COUNT(*) FROM kine WHERE name = '${compactMarkName}'`));
  if (count === 1) return undefined;
  const markId = await compactedId(database);
  if (count > 1 || isTines) await database.run(uniteMarks());
  else await database.run(change(INSERT_KINES_MARK));
  if (count === 0 && markId > 0) await database.run(change(SET_COMPACT_MARK, markId));
  return count === 0 ? `made the row ${compactMarkName}` : `of ${count} rows ${compactMarkName} the newest is left`;
}

async function repairHoles(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const markId = await compactedId(database);
  const filled = await fillMissingIds(database, markId);
  if (filled === 0) return undefined;
  // A row without a version is kine's to tine; these are not.
  if (isTines)
    await database.change(
      `UPDATE kine SET version = 0 WHERE id > ${markId} AND version IS NULL AND name LIKE 'gap-%' AND created = 0 AND prev_revision = 0`,
    );
  return `filled ${counted(filled, 'missing id')} as kine does: what was written there, if anything was, is lost`;
}

async function repairLeases(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (!isTines) return undefined;
  const breach = await breachOf(leasesExist, database);
  if (breach === undefined) return undefined;
  await database.change(
    `UPDATE kine
    SET lease_id = NULL, lease = 0
    WHERE lease_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tine_lease WHERE tine_lease.id = kine.lease_id)`,
  );
  await database.change(
    `UPDATE kine_current
    SET lease_id = NULL
    WHERE lease_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tine_lease WHERE tine_lease.id = kine_current.lease_id)`,
  );
  return `took the lease that is not there from ${counted(breach.count, 'key')}`;
}

async function repairLeftovers(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (!isTines) return undefined;
  const rule = await compactionDone(database);
  const breach = await breachOf(rule, database);
  if (breach === undefined) return undefined;
  // From the oldest on: a row tells which older one it replaced.
  for (;;) {
    const found = await database.values(`${unreachableRows(rule.throughId)} ORDER BY id LIMIT ${leftoversAtOnce}`);
    await database.run(
      changeEach(
        DELETE_ROWS,
        found.map((id) => [id]),
      ),
    );
    if (found.length < leftoversAtOnce) break;
  }
  return `deleted ${counted(breach.count, 'row')} left over from a compaction`;
}

/** Rows of a statement. */
const leftoversAtOnce = 500;

/** What kine wrote since the last start is the next start's to take over. */
async function repairCurrent(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (!isTines || (await rowsNotCovered(database)) > 0) return undefined;
  for (const rule of currentRules(database.sql)) {
    if ((await breachOf(rule, database)) === undefined) continue;
    await database.run(rebuildCurrent(numberOf(await database.value('SELECT MAX(id) FROM kine'))));
    return 'built the index kine_current anew';
  }
  return undefined;
}

async function repairKinesIndexes(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (isTines || database.sql.kineMakesIndexes) return undefined;
  const made = await makeKinesIndexes(database);
  return made === 0 ? undefined : `made indexes of kine's: ${made}`;
}

async function repairSequence(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const { sequenceBehind, keepsSequence, setSequence } = database.sql;
  if (sequenceBehind === undefined || (isTines && !keepsSequence)) return undefined;
  if ((await database.value(sequenceBehind)) === undefined) return undefined;
  for (const statement of setSequence) await database.change(statement);
  return 'set the sequence of ids to the newest row';
}
