/** The checks of `tine check`. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { row } from '../mvcc/program.ts';
import { compactMarkName } from '../sql/key-text.ts';
import { modRevision } from '../sql/rows/row.ts';
import { record } from '../sql/shape.ts';
import { NEWEST_ROW } from '../sql/statements/take-over-statements.ts';
import { noProgress, type Progress } from './copy/progress.ts';
import {
  breachOf,
  compactionDone,
  currentRules,
  kinesRules,
  leasesExist,
  positionsInOrder,
  type Rule,
  repair,
  restore,
  revisionsInOrder,
} from './rules.ts';
import { missingParts } from './schema-parts.ts';
import { compactedId, counted, numberOf, stateOf, type TableFacts, tableFacts } from './table-facts.ts';
import { copyFinding } from './unfinished-copy.ts';

export interface CheckReport {
  /** One line for each fault: what is wrong, and what to do. Empty: the database is sound. */
  readonly findings: readonly string[];
  /** One line about the contents of the database. Undefined: its table cannot be read. */
  readonly summary: string | undefined;
}

/** Checks a database in one snapshot. Reads all of it. */
export async function checkDatabase(database: OfflineDatabase, progress: Progress = noProgress): Promise<CheckReport> {
  progress.update(`checking the pages of ${database.name}`, 0, 1, 'steps');
  const damage = await damageOf(database);
  const facts = await tableFacts(database);
  if (facts.missingColumns.length > 0) {
    const what = `table kine lacks ${facts.missingColumns.join(', ')}`;
    return {
      findings: [...damage, `${what}; neither tine nor kine wrote it; give another database`],
      summary: undefined,
    };
  }
  const newer = facts.unknownMigrations.map(
    (name) => `written by a newer tine (it has ${name}); use that version or a newer one`,
  );
  // Checks of an unknown schema, or of pages that cannot be read, prove nothing.
  if (damage.length + newer.length > 0) return { findings: [...damage, ...newer], summary: undefined };
  const findings = [
    ...(await copyFinding(database, facts)),
    ...(await markFindings(database)),
    ...(await sequenceFindings(database, facts)),
    ...missingParts(database.sql, facts).map((what) => `${what} is missing; ${repair}`),
  ];
  const rules = await rulesFor(database, facts);
  for (const [index, rule] of rules.entries()) {
    progress.update(`checking the rows of ${database.name}`, index, rules.length + 1, 'steps');
    const breach = await breachOf(rule, database);
    if (breach !== undefined) findings.push(rule.finding(breach.count, breach.firstId));
  }
  progress.update(`checking the rows of ${database.name}`, rules.length, rules.length + 1, 'steps');
  return { findings, summary: await summary(database, facts) };
}

async function rulesFor(database: OfflineDatabase, facts: TableFacts): Promise<readonly Rule[]> {
  const { isTines, tables } = facts;
  const kines = kinesRules(database.sql, await compactedId(database));
  if (!isTines) return kines;
  const always = [...kines, revisionsInOrder, ...(hasPositions(facts) ? [positionsInOrder] : [])];
  // If one of the small tables is missing, this is the finding.
  if (!tables.has('tine_state') || !tables.has('tine_lease')) return always;
  if ((await rowsNotCovered(database)) > 0) return always;
  return [...always, ...currentRules(database.sql), leasesExist, await compactionDone(database)];
}

/** Whether table `kine` has the column of positions, which an older tine did not create. */
export function hasPositions({ isTines, missingMigrations }: TableFacts): boolean {
  return isTines && missingMigrations.length === 0;
}

async function damageOf(database: OfflineDatabase): Promise<readonly string[]> {
  if (database.sql.damage === undefined) return [];
  return (await database.values(database.sql.damage))
    .map(String)
    .filter((line) => line !== 'ok')
    .map((line) => `damaged: ${line.replaceAll('\n', ' ')}; ${restore}`);
}

async function markFindings(database: OfflineDatabase): Promise<readonly string[]> {
  const count = numberOf(await database.value(`SELECT COUNT(*) FROM kine WHERE name = '${compactMarkName}'`));
  if (count === 1) return [];
  if (count === 0) return [`the row ${compactMarkName} is missing; ${repair}`];
  return [`there are ${count} rows ${compactMarkName} instead of one; ${repair}`];
}

async function sequenceFindings(database: OfflineDatabase, { isTines }: TableFacts): Promise<readonly string[]> {
  const { sequenceBehind, advancesSequence } = database.sql;
  if (sequenceBehind === undefined || (isTines && !advancesSequence)) return [];
  if ((await database.value(sequenceBehind)) === undefined) return [];
  return [`the sequence of ids is behind the newest row; ${repair}`];
}

/** How many ids kine has written since tine's index was last complete. */
export async function rowsNotCovered(database: OfflineDatabase): Promise<number> {
  const newest = await database.run(row(NEWEST_ROW));
  const covered = (await stateOf(database, 'covered_id')) ?? 0;
  return newest?.version === null ? Math.max(0, newest.id - covered) : 0;
}

async function summary(database: OfflineDatabase, { isTines, tables }: TableFacts): Promise<string> {
  const revision = isTines ? modRevision('kine') : 'id';
  const [all] = await database.rows(
    record({ count: 'integer', newest: 'integer?' }),
    `SELECT COUNT(*), MAX(${revision}) FROM kine`,
  );
  const keys = await database.value(
    `SELECT COUNT(*)
    FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'`,
  );
  const isCovered = isTines && tables.has('tine_state') && (await rowsNotCovered(database)) === 0;
  const owner = isCovered ? 'a database of tine' : 'a database of kine, which tine takes over when it starts';
  return `${counted(numberOf(keys), 'key')} in ${counted(numberOf(all?.count), 'row')}, revision ${numberOf(all?.newest)}; it is ${owner}`;
}
