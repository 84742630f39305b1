/** Rules for a sound database. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { changeEach } from '../mvcc/program.ts';
import type { OfflineDialect } from '../sql/dialects/offline-dialect.ts';
import { compactMarkName } from '../sql/key-text.ts';
import { modRevision } from '../sql/rows/row.ts';
import { record } from '../sql/shape.ts';
import { isEvent } from '../sql/statements/repair-statements.ts';
import { DELETE_ROWS } from '../sql/statements/write-statements.ts';
import { counted, numberOf, stateOf } from './table-facts.ts';

/**
 * A rule for all rows. The statement returns the number of rows that break it, and the id of the
 * first one.
 */
export interface Rule {
  readonly sql: string;
  readonly finding: (count: number, firstId: number) => string;
}

export interface Breach {
  readonly count: number;
  readonly firstId: number;
}

export const restore = 'restore the database from a backup';
export const repair = '`tine repair` repairs it';

/** How many rows break a rule. Undefined: none. */
export async function breachOf({ sql }: Rule, database: OfflineDatabase): Promise<Breach | undefined> {
  const [found] = await database.rows(record({ count: 'integer?', firstId: 'integer?' }), sql);
  const count = numberOf(found?.count);
  return count === 0 ? undefined : { count, firstId: numberOf(found?.firstId) };
}

/**
 * Rules for every table `kine`, whether tine or kine wrote it. Above the mark no row was ever
 * deleted.
 */
export function kinesRules(sql: OfflineDialect, markId: number): readonly Rule[] {
  return [
    {
      sql: `SELECT COUNT(*), MIN(id) FROM kine WHERE name IS NULL OR ${sql.isNotText('name')} OR name = ''`,
      finding: (count, id) => `${rowsFrom(count, id)} without a key; ${restore}`,
    },
    noMissingIds(markId),
    {
      sql: `SELECT COUNT(*), MIN(later.id)
        FROM kine later
        LEFT JOIN kine earlier ON earlier.id = later.prev_revision
        WHERE later.name <> '${compactMarkName}' AND later.prev_revision <> 0
          AND (later.prev_revision >= later.id
            OR (earlier.id IS NULL AND later.prev_revision > ${markId})
            OR (earlier.id IS NOT NULL AND earlier.name <> later.name))`,
      finding: (count, id) => `${rowsFrom(count, id)} whose prev_revision is no earlier row of their key; ${restore}`,
    },
    {
      sql: `SELECT COUNT(*), MIN(id)
        FROM kine
        WHERE created = 0 AND deleted = 0 AND (prev_revision = 0 OR create_revision = 0 OR create_revision > id)`,
      finding: (count, id) =>
        `${rowsFrom(count, id)} that update a key without the revision of its creation; ${restore}`,
    },
  ];
}

/** No id is missing above the mark. */
function noMissingIds(markId: number): Rule {
  return {
    sql: `SELECT MAX(id) - ${markId} - COUNT(*), ${markId + 1} FROM kine WHERE id > ${markId}`,
    finding: (count, id) =>
      `${count} ids from ${id} on are missing: if kine left these gaps, \`tine repair\` fills them; otherwise rows were lost: ${restore}`,
  };
}

/** Revisions grow with the ids. */
export const revisionsInOrder: Rule = {
  sql: `SELECT COUNT(*), MIN(id)
    FROM (
      SELECT id, revision, ${modRevision('kine')} AS own_revision, LAG(${modRevision('kine')}) OVER (ORDER BY id) AS last_revision
      FROM kine) walked
    WHERE own_revision < last_revision OR revision > id`,
  finding: (count, id) =>
    `${rowsFrom(count, id)} whose revision is below that of an earlier row, or above their id; ${restore}`,
};

/** The positions of the events of a revision grow with the ids. */
export const positionsInOrder: Rule = {
  sql: `SELECT COUNT(*), MIN(id)
    FROM (
      SELECT id, own_revision, position,
        LAG(own_revision) OVER (ORDER BY id) AS last_revision, LAG(position) OVER (ORDER BY id) AS last_position
      FROM (
        SELECT id, ${modRevision('kine')} AS own_revision, COALESCE(sub_revision, 0) AS position
        FROM kine
        WHERE ${isEvent}) events) walked
    WHERE own_revision = last_revision AND position <= last_position`,
  finding: (count, id) =>
    `${rowsFrom(count, id)} have no position within their revision, so no snapshot can be saved; ${repair}`,
};

/**
 * The index of newest rows agrees with the table. It may be behind after kine used the database;
 * the next start of tine completes it.
 */
export const currentRules = (sql: OfflineDialect): readonly Rule[] => [
  {
    sql: `SELECT COUNT(*), MIN(kine.id)
      FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
      JOIN kine ON kine.id = newest.id
      LEFT JOIN kine_current ON kine_current.name = kine.name
      WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
        AND (${sql.differs('kine_current.id', 'kine.id')} OR ${sql.differs('kine_current.lease_id', 'kine.lease_id')}
          OR kine_current.value_bytes <> COALESCE(LENGTH(kine.value), 0))`,
    finding: (count, id) => `the index kine_current lacks ${count} keys (the first has row ${id}); ${repair}`,
  },
  {
    sql: `SELECT COUNT(*), MIN(kine_current.id)
      FROM kine_current
      LEFT JOIN kine ON kine.id = kine_current.id AND kine.name = kine_current.name
      WHERE kine.id IS NULL OR kine.deleted = 1`,
    finding: (count, id) =>
      `the index kine_current has ${count} keys that do not exist (the first has row ${id}); ${repair}`,
  },
];

export const leasesExist: Rule = {
  sql: `SELECT COUNT(*), MIN(kine.id)
    FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    LEFT JOIN tine_lease ON tine_lease.id = kine.lease_id
    WHERE kine.deleted = 0 AND kine.lease_id IS NOT NULL AND tine_lease.id IS NULL`,
  finding: (count, id) =>
    `${count} keys (the first has row ${id}) have a lease that does not exist, so they never expire; \`tine repair\` removes the lease and keeps the keys`,
};

/** No row is left that compaction deletes. */
export async function compactionDone(database: OfflineDatabase): Promise<Rule & { readonly throughId: number }> {
  const throughId = (await stateOf(database, 'compacted_id')) ?? 0;
  return {
    throughId,
    sql: `SELECT COUNT(*), MIN(id) FROM (${unreachableRows(throughId)}) unreachable`,
    finding: (count, id) => `${rowsFrom(count, id)} are left over from a compaction; \`tine repair\` deletes them`,
  };
}

/** Rows of one statement. */
const unreachableAtOnce = 500;

/**
 * Deletes the rows up to an id that can no longer be read, from the oldest one on: a row names the
 * older row that it replaced.
 */
export async function deleteUnreachable(database: OfflineDatabase, throughId: number): Promise<void> {
  for (;;) {
    const found = await database.values(`${unreachableRows(throughId)} ORDER BY id LIMIT ${unreachableAtOnce}`);
    const ids = found.map((id) => [id]);
    await database.run(changeEach(DELETE_ROWS, ids));
    if (found.length < unreachableAtOnce) return;
  }
}

/**
 * The ids of the rows up to an id that can no longer be read. The newest row of the table stays.
 */
function unreachableRows(throughId: number): string {
  return `SELECT kine.id AS id
    FROM kine
    WHERE kine.id <= ${throughId} AND kine.name <> '${compactMarkName}' AND kine.id < (SELECT MAX(id) FROM kine)
      AND (kine.deleted = 1 OR EXISTS (
        SELECT 1
        FROM kine later
        WHERE later.name = kine.name AND later.prev_revision = kine.id AND later.id <= ${throughId}))`;
}

const rowsFrom = (count: number, firstId: number): string => `${counted(count, 'row')} (the first is ${firstId})`;
