/** Rules that a sound database keeps. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { compactMarkName } from '../sql/key-text.ts';
import type { OfflineDialect } from '../sql/offline-dialect.ts';
import { modRevision } from '../sql/row.ts';
import { record } from '../sql/shape.ts';
import { counted, numberOf, stateOf } from './table-facts.ts';

/** A rule that no row may break: the statement gives their number and the id of the first. */
export interface Rule {
  readonly sql: string;
  readonly finding: (count: number, firstId: number) => string;
}

export interface Breach {
  readonly count: number;
  readonly firstId: number;
}

export const restore = 'restore the database from a backup';
export const repair = '`tine repair` mends it';

/** How a rule is broken; undefined: it is not. */
export async function breachOf({ sql }: Rule, database: OfflineDatabase): Promise<Breach | undefined> {
  const [found] = await database.rows(record({ count: 'integer?', firstId: 'integer?' }), sql);
  const count = numberOf(found?.count);
  return count === 0 ? undefined : { count, firstId: numberOf(found?.firstId) };
}

/** What holds for every table of kine's, whoever wrote it. Above the mark nothing was ever taken away. */
export function kinesRules(sql: OfflineDialect, markId: number): readonly Rule[] {
  return [
    {
      sql: `SELECT COUNT(*), MIN(id) FROM kine WHERE name IS NULL OR ${sql.isNoText('name')} OR name = ''`,
      finding: (count, id) => `${rowsFrom(count, id)} without a key; ${restore}`,
    },
    holes(markId),
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
      finding: (count, id) => `${rowsFrom(count, id)} that update a key and do not say which creation; ${restore}`,
    },
  ];
}

/** No id is missing above the mark. */
function holes(markId: number): Rule {
  return {
    sql: `SELECT MAX(id) - ${markId} - COUNT(*), ${markId + 1} FROM kine WHERE id > ${markId}`,
    finding: (count, id) =>
      `${count} ids from ${id} on are missing: if kine left these holes, \`tine repair\` fills them, else rows were lost: ${restore}`,
  };
}

/** Revisions follow the ids. */
export const revisionsInOrder: Rule = {
  sql: `SELECT COUNT(*), MIN(id)
    FROM (
      SELECT id, revision, ${modRevision('kine')} AS own_revision, LAG(${modRevision('kine')}) OVER (ORDER BY id) AS last_revision
      FROM kine) walked
    WHERE own_revision < last_revision OR revision > id`,
  finding: (count, id) =>
    `${rowsFrom(count, id)} whose revision is below that of an earlier row, or above their id; ${restore}`,
};

/** The index of newest rows tells what the table does. It may be behind after kine owned the database; a start catches it up. */
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
      `the index kine_current has ${count} keys that are not there (the first has row ${id}); ${repair}`,
  },
];

export const leasesExist: Rule = {
  sql: `SELECT COUNT(*), MIN(kine.id)
    FROM (SELECT MAX(id) AS id FROM kine GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    LEFT JOIN tine_lease ON tine_lease.id = kine.lease_id
    WHERE kine.deleted = 0 AND kine.lease_id IS NOT NULL AND tine_lease.id IS NULL`,
  finding: (count, id) =>
    `${count} keys (the first has row ${id}) hang on a lease that is not there and never expire; \`tine repair\` takes the lease from them, and they stay`,
};

/** Compaction has been here, and nothing that it deletes is left. */
export async function compactionDone(database: OfflineDatabase): Promise<Rule & { readonly throughId: number }> {
  const throughId = (await stateOf(database, 'compacted_id')) ?? 0;
  return {
    throughId,
    sql: `SELECT COUNT(*), MIN(id) FROM (${unreachableRows(throughId)}) unreachable`,
    finding: (count, id) => `${rowsFrom(count, id)} are left over from a compaction; \`tine repair\` deletes them`,
  };
}

/** The ids of the rows that nobody can read any more up to an id; the newest row of all stays. */
export function unreachableRows(throughId: number): string {
  return `SELECT kine.id AS id
    FROM kine
    WHERE kine.id <= ${throughId} AND kine.name <> '${compactMarkName}' AND kine.id < (SELECT MAX(id) FROM kine)
      AND (kine.deleted = 1 OR EXISTS (
        SELECT 1
        FROM kine later
        WHERE later.name = kine.name AND later.prev_revision = kine.id AND later.id <= ${throughId}))`;
}

const rowsFrom = (count: number, firstId: number): string => `${counted(count, 'row')} (the first is ${firstId})`;
