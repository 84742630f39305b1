/** What `tine check` finds out about a database. */
import type { OfflineFile } from '../drivers/sqlite/offline-file.ts';
import { compactMarkName } from '../sql/key-text.ts';
import { modRevision } from '../sql/row.ts';
import { compactedId, numberOf, tableFacts } from './table-facts.ts';

export interface CheckReport {
  /** A line each: what is wrong, and what to do. Empty: the database is sound. */
  readonly findings: readonly string[];
  /** A line that says what the database holds; undefined when its table cannot be read. */
  readonly summary: string | undefined;
}

/** A rule that no row may break: the statement gives their number and the id of the first. */
interface Rule {
  readonly sql: string;
  readonly parameters?: readonly number[];
  readonly finding: (count: number, firstId: number) => string;
}

const restore = 'restore the file from a backup';
const rebuild = 'stop tine and run `tine release` on the file: the next start builds it anew';

/** How many lines of SQLite's own check are told. */
const integrityLinesMax = 10;

/** Tests a database in the snapshot of `file`. Reads every page. */
export function checkDatabase(file: OfflineFile): CheckReport {
  const damage = file
    .rows(`PRAGMA integrity_check(${integrityLinesMax})`)
    .map(([line]) => String(line))
    .filter((line) => line !== 'ok')
    .map((line) => `damaged: ${line.replaceAll('\n', ' ')}; ${restore}`);
  const { missingColumns, isTines, unknownMigrations } = tableFacts(file);
  if (missingColumns.length > 0) {
    const what = `table kine lacks ${missingColumns.join(', ')}`;
    return {
      findings: [...damage, `${what}; neither tine nor kine wrote this file, name another`],
      summary: undefined,
    };
  }
  const newer = unknownMigrations.map(
    (name) => `written by a newer tine (it has ${name}); use that version or a newer one`,
  );
  // Statements about a layout that is not known, or over pages that cannot be read, prove nothing.
  if (damage.length + newer.length > 0) return { findings: [...damage, ...newer], summary: undefined };
  const rules = [...kinesRules(compactedId(file)), ...(isTines ? tinesRules(file) : [])];
  return {
    findings: [...markFindings(file), ...rules.flatMap((rule) => apply(rule, file))],
    summary: summary(file, isTines),
  };
}

function apply({ sql, parameters = [], finding }: Rule, file: OfflineFile): readonly string[] {
  const [count, firstId] = file.rows(sql, ...parameters)[0] ?? [];
  return numberOf(count) === 0 ? [] : [finding(numberOf(count), numberOf(firstId))];
}

function markFindings(file: OfflineFile): readonly string[] {
  const count = numberOf(file.rows('SELECT COUNT(*) FROM kine WHERE name = ?', compactMarkName)[0]?.[0]);
  if (count === 1) return [];
  if (count === 0) return [`the row ${compactMarkName} is missing; the next start of tine makes one`];
  return [
    `there are ${count} rows ${compactMarkName}; keep the one with the greatest prev_revision and delete the others`,
  ];
}

/** What holds for every table of kine's, whoever wrote it. */
function kinesRules(markId: number): readonly Rule[] {
  return [
    {
      sql: `SELECT COUNT(*), MIN(id) FROM kine WHERE name IS NULL OR typeof(name) <> 'text' OR name = ''`,
      finding: (count, id) => `${rowsFrom(count, id)} without a key; ${restore}`,
    },
    {
      // Above the mark nothing was ever taken away.
      sql: `WITH mark(id) AS (VALUES (?))
        SELECT MAX(kine.id) - mark.id - COUNT(*), mark.id + 1
        FROM mark
        JOIN kine ON kine.id > mark.id`,
      parameters: [markId],
      finding: (count, id) =>
        `${count} ids from ${id} on are missing: if kine left these holes, \`tine release\` fills them, else rows were lost: ${restore}`,
    },
    {
      sql: `SELECT COUNT(*), MIN(later.id)
        FROM kine later
        LEFT JOIN kine earlier ON earlier.id = later.prev_revision
        WHERE later.name <> '${compactMarkName}' AND later.prev_revision <> 0
          AND (later.prev_revision >= later.id
            OR (earlier.id IS NULL AND later.prev_revision > ?)
            OR (earlier.id IS NOT NULL AND earlier.name <> later.name))`,
      parameters: [markId],
      finding: (count, id) => `${rowsFrom(count, id)} whose prev_revision is no earlier row of their key; ${restore}`,
    },
    {
      sql: `SELECT COUNT(*), MIN(id)
        FROM kine
        WHERE created = 0 AND deleted = 0 AND (prev_revision = 0 OR create_revision = 0 OR create_revision > id)`,
      finding: (count, id) => `${rowsFrom(count, id)} that update a key and do not say which creation; ${restore}`,
    },
    {
      sql: `SELECT COUNT(*), 0
        FROM sqlite_sequence
        WHERE name = 'kine' AND seq < (SELECT MAX(id) FROM kine)`,
      finding: () => 'the sequence of ids is behind the newest row; `tine release` sets it',
    },
  ];
}

/** What holds for tine's columns and tables. The index of newest rows may be behind after kine owned the file; a start catches it up. */
function tinesRules(file: OfflineFile): readonly Rule[] {
  const order: Rule = {
    sql: `SELECT COUNT(*), MIN(id)
      FROM (
        SELECT id, revision, ${modRevision('kine')} AS own, LAG(${modRevision('kine')}) OVER (ORDER BY id) AS before
        FROM kine)
      WHERE own < before OR revision > id`,
    finding: (count, id) =>
      `${rowsFrom(count, id)} whose revision is below that of an earlier row, or above their id; ${restore}`,
  };
  if (rowsNotCovered(file) > 0) return [order];
  return [
    order,
    {
      sql: `SELECT COUNT(*), MIN(kine.id)
        FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
        JOIN kine ON kine.id = newest.id
        LEFT JOIN kine_current ON kine_current.name = kine.name
        WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
          AND (kine_current.id IS NOT kine.id OR kine_current.lease_id IS NOT kine.lease_id)`,
      finding: (count, id) => `the index kine_current lacks ${count} keys (the first has row ${id}); ${rebuild}`,
    },
    {
      sql: `SELECT COUNT(*), MIN(kine_current.id)
        FROM kine_current
        LEFT JOIN kine ON kine.id = kine_current.id AND kine.name = kine_current.name
        WHERE kine.id IS NULL OR kine.deleted = 1`,
      finding: (count, id) =>
        `the index kine_current has ${count} keys that are not there (the first has row ${id}); ${rebuild}`,
    },
    {
      sql: `SELECT COUNT(*), MIN(kine_current.id)
        FROM kine_current
        LEFT JOIN tine_lease ON tine_lease.id = kine_current.lease_id
        WHERE kine_current.lease_id IS NOT NULL AND tine_lease.id IS NULL`,
      finding: (count, id) =>
        `${count} keys (the first has row ${id}) hang on a lease that is not there and never expire; put or delete them`,
    },
  ];
}

/** Rows that kine wrote after tine's index was last complete. */
function rowsNotCovered(file: OfflineFile): number {
  const [newest, version] = file.rows('SELECT id, version FROM kine ORDER BY id DESC LIMIT 1')[0] ?? [];
  const covered = numberOf(file.rows("SELECT value FROM tine_state WHERE name = 'covered_id'")[0]?.[0]);
  return version === null ? Math.max(0, numberOf(newest) - covered) : 0;
}

function summary(file: OfflineFile, isTines: boolean): string {
  const revision = isTines ? modRevision('kine') : 'id';
  const [rows, newest] = file.rows(`SELECT COUNT(*), MAX(${revision}) FROM kine`)[0] ?? [];
  const [keys] =
    file.rows(
      `SELECT COUNT(*)
    FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'`,
    )[0] ?? [];
  const behind = isTines ? rowsNotCovered(file) : 0;
  const owner = isTines && behind === 0 ? "tine's" : "kine's, tine takes it over when it starts";
  return `${counted(numberOf(keys), 'key')} in ${counted(numberOf(rows), 'row')}, revision ${numberOf(newest)}; it is ${owner}`;
}

const rowsFrom = (count: number, firstId: number): string => `${counted(count, 'row')} (the first is ${firstId})`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
