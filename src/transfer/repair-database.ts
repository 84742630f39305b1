/** The repairs of `tine repair`. */
import { migrationsTable } from '../../migrations/migrations.ts';
import type { LockedDatabase, OfflineAccess, OfflineDatabase } from '../drivers/offline.ts';
import { change } from '../mvcc/program.ts';
import { rebuildCurrent, uniteMarks } from '../mvcc/start-up/take-over.ts';
import { compactMarkName } from '../sql/key-text.ts';
import { INSERT_KINES_MARK } from '../sql/statements/repair-statements.ts';
import { SET_COMPACT_MARK } from '../sql/statements/write-statements.ts';
import { checkDatabase, hasPositions, rowsNotCovered } from './check-database.ts';
import { noProgress, type Progress } from './copy/progress.ts';
import { fillMissingIds } from './fill-missing-ids.ts';
import { numberPositions } from './number-positions.ts';
import { makeKinesIndexes } from './release-to-kine.ts';
import { breachOf, compactionDone, currentRules, deleteUnreachable, leasesExist } from './rules.ts';
import { missingParts } from './schema-parts.ts';
import { compactedId, counted, numberOf, requireKnown, type TableFacts, tableFacts } from './table-facts.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

export interface RepairReport {
  /** One line for each repair. */
  readonly done: readonly string[];
  /** The remaining findings, each with advice. */
  readonly left: readonly string[];
}

/**
 * Repairs one kind of fault. Returns a line about the repair, or undefined if there was no fault.
 */
type Repair = (database: OfflineDatabase, facts: TableFacts) => Promise<string | undefined>;

/** The repairs in order: later ones rely on earlier ones. */
const repairs: readonly Repair[] = [
  repairMarks,
  repairMissingIds,
  repairPositions,
  repairLeases,
  repairLeftovers,
  repairCurrent,
  repairKinesIndexes,
  repairSequence,
];

/**
 * Repairs each kind of fault in a transaction of its own. Changes nothing that is sound.
 *
 * @throws StartError if neither kine nor tine wrote the database, if a newer tine wrote it, or if
 * it is in use.
 */
export async function repairDatabase(access: OfflineAccess, progress: Progress = noProgress): Promise<RepairReport> {
  const damage = await access.readSnapshot(async (database) => {
    const facts = await tableFacts(database);
    const { findings, summary } = await checkDatabase(database, progress);
    if (summary === undefined) return findings;
    requireKnown(database, facts, 'repair');
    await refuseUnfinishedCopy(database, facts);
    return undefined;
  });
  // Nothing is written if pages cannot be read.
  if (damage !== undefined) return { done: [], left: damage };
  const done: string[] = await restoreParts(access);
  await access.whileLocked(async (locked) => {
    for (const [index, repair] of repairs.entries()) {
      progress.update(`repairing ${access.name}`, index, repairs.length, 'steps');
      const line = await runRepair(locked, repair);
      if (line !== undefined) done.push(line);
    }
  });
  const { findings } = await access.readSnapshot((database) => checkDatabase(database, progress));
  return { done, left: findings };
}

function runRepair(locked: LockedDatabase, repair: Repair): Promise<string | undefined> {
  return locked.transaction(async (database) => repair(database, await tableFacts(database)));
}

/** Creates missing tables and indexes: the migrations run again and create what is missing. */
async function restoreParts(access: OfflineAccess): Promise<string[]> {
  const missing = await access.whileLocked((locked) =>
    locked.transaction(async (database) => {
      const facts = await tableFacts(database);
      if (!facts.isTines) return [];
      const found = missingParts(database.sql, facts);
      if (found.length > 0 && facts.tables.has(migrationsTable))
        await database.change(`DELETE FROM ${migrationsTable}`);
      return found;
    }),
  );
  if (missing.length > 0) await access.prepare();
  return missing.map((what) => `created ${what}`);
}

/** Leaves exactly one mark, which covers the marks that are removed. */
async function repairMarks(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const count = numberOf(await database.value(`SELECT COUNT(*) FROM kine WHERE name = '${compactMarkName}'`));
  if (count === 1) return undefined;
  const markId = await compactedId(database);
  if (count > 1 || isTines) await database.run(uniteMarks());
  else await database.run(change(INSERT_KINES_MARK));
  if (count === 0 && markId > 0) await database.run(change(SET_COMPACT_MARK, markId));
  return count === 0
    ? `created the row ${compactMarkName}`
    : `kept only the newest of ${count} rows ${compactMarkName}`;
}

async function repairMissingIds(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const markId = await compactedId(database);
  const filled = await fillMissingIds(database, markId);
  if (filled === 0) return undefined;
  // A row without a version counts as kine's; these rows are tine's. Among rows that kine wrote
  // since the last start they stay kine's: the take-over begins after the newest row of tine.
  if (isTines && (await rowsNotCovered(database)) === 0)
    await database.change(
      `UPDATE kine SET version = 0 WHERE id > ${markId} AND version IS NULL AND name LIKE 'gap-%' AND created = 0 AND prev_revision = 0`,
    );
  return `filled ${counted(filled, 'missing id')} as kine does: if they had been written, the writes are lost`;
}

async function repairPositions(database: OfflineDatabase, facts: TableFacts): Promise<string | undefined> {
  if (!hasPositions(facts)) return undefined;
  const numbered = await numberPositions(database);
  return numbered === 0 ? undefined : `gave ${counted(numbered, 'row')} a position within the revision`;
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
  return `removed a lease that does not exist from ${counted(breach.count, 'key')}`;
}

async function repairLeftovers(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (!isTines) return undefined;
  const rule = await compactionDone(database);
  const breach = await breachOf(rule, database);
  if (breach === undefined) return undefined;
  await deleteUnreachable(database, rule.throughId);
  return `deleted ${counted(breach.count, 'row')} left over from a compaction`;
}

/**
 * Rebuilds the index. Rows that kine wrote since the last start are left to the take-over of the
 * next start.
 */
async function repairCurrent(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (!isTines || (await rowsNotCovered(database)) > 0) return undefined;
  for (const rule of currentRules(database.sql)) {
    if ((await breachOf(rule, database)) === undefined) continue;
    await database.run(rebuildCurrent(numberOf(await database.value('SELECT MAX(id) FROM kine'))));
    return 'rebuilt the index kine_current';
  }
  return undefined;
}

async function repairKinesIndexes(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  if (isTines || database.sql.kineCreatesIndexes) return undefined;
  const made = await makeKinesIndexes(database);
  return made === 0 ? undefined : `created kine's missing indexes: ${made}`;
}

async function repairSequence(database: OfflineDatabase, { isTines }: TableFacts): Promise<string | undefined> {
  const { sequenceBehind, advancesSequence, setSequence } = database.sql;
  if (sequenceBehind === undefined || (isTines && !advancesSequence)) return undefined;
  if ((await database.value(sequenceBehind)) === undefined) return undefined;
  for (const statement of setSequence) await database.change(statement);
  return 'set the sequence of ids to the newest row';
}
