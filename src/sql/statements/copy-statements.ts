/** The statements of `tine copy`, from one database to another. */
import { compactMarkName } from '../key-text.ts';
import type { KineRow } from '../rows/kine-table.ts';
import { leaseShape } from '../rows/lease-row.ts';
import { createRevision, modRevision, version } from '../rows/row.ts';
import { record, single } from '../shape.ts';
import { changes, insertsRecords, type Shape, selectsEach, selectsRow, selectsRows } from '../statement.ts';

/**
 * Numbers that a target stores in `tine_state` beside `copy_source`, so that an interrupted copy
 * can continue.
 */
export const copyNames = {
  /** The last id that was copied. */
  throughId: 'copy_through_id',
  /** The smallest id up to which the source was found compacted. */
  compactedId: 'copy_compacted_id',
  /** The revision at which an etcd is read. */
  revision: 'copy_revision',
} as const;

export const FORGET_COPY = changes('forget_copy', () => "DELETE FROM tine_state WHERE name LIKE 'copy_%'");

// The sizes of the values of the next rows, which determine the size of a read.
export const SIZES_AFTER = selectsRows(
  'sizes_after',
  record({ last: 'integer', bytes: 'integer' }),
  (sql) => `SELECT id, COALESCE(LENGTH(value), 0)
  FROM kine
  WHERE id > ${sql.parameter.integer}
  ORDER BY id
  LIMIT ${sql.parameter.integer}`,
);

/** The program that owns table `kine`. It decides which columns the table has. */
export type Owner = 'tine' | 'kine';

/** A row of `copiedRows`. The key is the bytes of the stored name. */
export interface CopiedRow extends Omit<KineRow, 'name'> {
  readonly key: Buffer;
}

const copiedShape: Shape<CopiedRow> = {
  columns: {
    id: 'integer',
    key: 'bytes',
    created: 'integer',
    deleted: 'integer',
    createRevision: 'integer',
    replacedId: 'integer',
    ttlSeconds: 'integer',
    value: 'bytes',
    version: 'integer',
    leaseId: 'text',
    revision: 'integer',
    subRevision: 'integer',
  },
  decode: (row) => {
    const leaseId = row[9] as string | null;
    return {
      id: row[0] as number,
      key: Buffer.from(row[1] as string, 'latin1'),
      created: row[2] as 0 | 1,
      deleted: row[3] as 0 | 1,
      createRevision: row[4] as number,
      replacedId: row[5] as number,
      ttlSeconds: row[6] as number,
      value: row[7] as Uint8Array | null,
      version: row[8] as number | null,
      leaseId: leaseId === null ? null : BigInt(leaseId),
      revision: row[10] as number | null,
      subRevision: row[11] as number | null,
    };
  },
};

/** Rows of an interval of ids, unchanged, without the compaction mark. */
export const copiedRows = (owner: Owner) =>
  selectsRows(
    `copied_rows_of_${owner}`,
    copiedShape,
    (
      sql,
    ) => `SELECT id, ${sql.expression.selectedBytes(sql.expression.bytesOf('name'))}, COALESCE(created, 0), COALESCE(deleted, 0),
      COALESCE(create_revision, 0), COALESCE(prev_revision, 0), COALESCE(lease, 0), ${sql.expression.selectedBytes('value')},
      ${owner === 'tine' ? `version, ${sql.expression.asText('lease_id')}, revision, sub_revision` : 'NULL, NULL, NULL, NULL'}
    FROM kine
    WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND name <> '${compactMarkName}'
    ORDER BY id`,
  );

// The ids of an interval, without the compaction mark.
export const COPIED_IDS = selectsRows(
  'copied_ids',
  single('id', 'integer'),
  (sql) => `SELECT id
  FROM kine
  WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND name <> '${compactMarkName}'
  ORDER BY id
  LIMIT ${sql.parameter.integer}`,
);

// The versions and names of rows, by id.
export const VERSIONS = selectsEach(
  'versions',
  ['integer'],
  record({ id: 'integer', version: 'integer?', name: 'text' }),
  (sql) => `SELECT id, version, name
  FROM kine
  WHERE ${sql.list.contains('id', 'integer')}`,
);

// If kine's collation ignores case, a key gets the name that was written last.
export const RENAME_EARLIER_COPIED = changes(
  'rename_earlier_copied',
  (sql) => `UPDATE kine
  SET name = ${sql.parameter.text}
  WHERE name = ${sql.parameter.text} AND id < ${sql.parameter.integer}`,
);

/** The newest row of an existing key. */
interface LiveKeyRow {
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  readonly value: Uint8Array | null;
}

/** A row of `liveRows`. The key is the bytes of the stored name. */
export interface LiveRow extends LiveKeyRow {
  readonly id: number;
  readonly key: Buffer;
  /** Null: kine wrote the row. */
  readonly ownVersion: number | null;
}

const liveShape: Shape<LiveRow> = {
  columns: {
    id: 'integer',
    key: 'bytes',
    modRevision: 'integer',
    createRevision: 'integer',
    version: 'integer',
    value: 'bytes',
    ownVersion: 'integer',
  },
  decode: (row) => ({
    id: row[0] as number,
    key: Buffer.from(row[1] as string, 'latin1'),
    modRevision: row[2] as number,
    createRevision: row[3] as number,
    version: row[4] as number,
    value: row[5] as Uint8Array | null,
    ownVersion: row[6] as number | null,
  }),
};

const liveKeyShape: Shape<LiveKeyRow & { readonly name: string }> = {
  columns: { name: 'text', modRevision: 'integer', createRevision: 'integer', version: 'integer', value: 'bytes' },
  decode: (row) => ({
    name: row[0] as string,
    modRevision: row[1] as number,
    createRevision: row[2] as number,
    version: row[3] as number,
    value: row[4] as Uint8Array | null,
  }),
};

/** The existing keys whose newest rows are in an interval of ids, in the order of the ids. */
export const liveRows = (owner: Owner) =>
  selectsRows(
    `live_rows_of_${owner}`,
    liveShape,
    (sql) => `SELECT kine.id, ${sql.expression.selectedBytes(sql.expression.bytesOf('kine.name'))}, ${
      owner === 'tine' ? `${modRevision('kine')}, ${createRevision('kine')}, ${version(sql, 'kine')}` : kinesRevisions
    }, ${sql.expression.selectedBytes('kine.value')}, ${owner === 'tine' ? 'kine.version' : 'NULL'}
    FROM kine
    WHERE kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer} AND kine.deleted = 0 AND kine.name <> '${compactMarkName}'
      AND NOT EXISTS (SELECT 1 FROM kine later WHERE later.name = kine.name AND later.id > kine.id)
    ORDER BY kine.id`,
  );

/**
 * The columns of a table without tine's columns: the id is the revision, and the number of rows
 * since the creation of a key is its version.
 */
const kinesRevisions = `kine.id, CASE WHEN kine.created = 1 THEN kine.id ELSE kine.create_revision END, (
      SELECT COUNT(*)
      FROM kine own
      WHERE own.name = kine.name AND own.id <= kine.id AND own.id >= COALESCE((
        SELECT MAX(creation.id)
        FROM kine creation
        WHERE creation.name = kine.name AND creation.id <= kine.id AND creation.created = 1), 0))`;

// A page of keys in their order, after a name.
export const LIVE_KEYS_AFTER = selectsRows(
  'live_keys_after',
  liveKeyShape,
  (
    sql,
  ) => `SELECT kine.name, ${modRevision('kine')}, ${createRevision('kine')}, ${version(sql, 'kine')}, ${sql.expression.selectedBytes('kine.value')}
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > ${sql.parameter.text} AND name <= ${sql.parameter.text}
    ORDER BY name) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name`,
);

// The sizes of the values of the next keys.
export const KEY_SIZES_AFTER = selectsRows(
  'key_sizes_after',
  record({ last: 'text', bytes: 'integer' }),
  (sql) => `SELECT kine.name, COALESCE(LENGTH(kine.value), 0)
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > ${sql.parameter.text}
    ORDER BY name
    LIMIT ${sql.parameter.integer}) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name`,
);

// Ordered by id as a number. Postgres would read a bare `id` as the selected text, and pages would
// skip leases.
export const LEASE_PAGE = selectsRows(
  'lease_page',
  leaseShape,
  (sql) => `SELECT ${sql.expression.asText('id')}, ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id > ${sql.parameter.integer}
  ORDER BY tine_lease.id
  LIMIT ${sql.parameter.integer}`,
);

export const INSERT_STAGED = insertsRecords('insert_staged', 'tine_copy', {
  name: 'text',
  modRevision: 'integer',
  createRevision: 'integer',
  version: 'integer',
  lease: 'integer',
  leaseId: 'integer',
  value: 'bytes',
});

export const LAST_STAGED = selectsRow(
  'last_staged',
  record({ name: 'text?', count: 'integer' }),
  () => 'SELECT MAX(name), COUNT(*) FROM tine_copy',
);

export const STAGED_LEASES = selectsRows(
  'staged_leases',
  single('id', 'text'),
  (sql) => `SELECT DISTINCT ${sql.expression.asText('lease_id')}
  FROM tine_copy
  WHERE lease_id IS NOT NULL`,
);

export const SET_STAGED_TTLS = changes(
  'set_staged_ttls',
  () => `UPDATE tine_copy
  SET lease = (SELECT CASE WHEN ttl_seconds > 2147483647 THEN 2147483647 ELSE ttl_seconds END FROM tine_lease WHERE tine_lease.id = tine_copy.lease_id)
  WHERE lease_id IS NOT NULL`,
);

/** The replaced id in rows of updated keys that come from an etcd. No row has this id. */
const replacedId = 2;

/**
 * Inserts the keys of an etcd with ids in the order of their revisions. An id equals its revision,
 * unless earlier transactions with several keys have used this id. The first id is left free for
 * the compaction mark; the second id is never used. An etcd does not return the positions of keys
 * within their revision, so they are in the order of the names.
 */
export const PLACE_STAGED = changes(
  'place_staged',
  (
    sql,
  ) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision, sub_revision)
  SELECT placed.id, tine_copy.name,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 1 ELSE 0 END, 0,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 0 ELSE tine_copy.create_revision END,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 0 ELSE ${replacedId} END,
    tine_copy.lease, tine_copy.value, tine_copy.version, tine_copy.lease_id,
    CASE WHEN placed.id = tine_copy.mod_revision THEN NULL ELSE tine_copy.mod_revision END,
    CASE WHEN placed.sub_revision = 0 THEN NULL ELSE placed.sub_revision END
  FROM (
    SELECT name, sub_revision, place + MAX(${sql.expression.greatest('mod_revision - place', String(replacedId))}) OVER (ORDER BY place) AS id
    FROM (
      SELECT name, mod_revision, ROW_NUMBER() OVER (ORDER BY mod_revision, name) AS place,
        ROW_NUMBER() OVER (PARTITION BY mod_revision ORDER BY name) - 1 AS sub_revision
      FROM tine_copy) ordered) placed
  JOIN tine_copy ON tine_copy.name = placed.name
  ORDER BY placed.id`,
);
