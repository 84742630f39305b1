/** Hands a database back to kine: what kine needs to find is put back, and what is tine's own goes. */

import { migrationsTable } from '../../migrations/migrations.ts';
import type { OfflineFile } from '../drivers/sqlite/offline-file.ts';
import { StartError } from '../errors.ts';
import { clientsCompactMarkText, keyBytes } from '../sql/key-text.ts';
import { modRevision, version } from '../sql/row.ts';
import { kinesClientsMarkName } from '../sql/take-over-statements.ts';
import { compactedId, numberOf, tableFacts } from './table-facts.ts';

/** Tables and indexes that are tine's. kine ignores its columns, which stay. */
const tinesTables = [
  'kine_current',
  'tine_lease',
  'tine_member',
  'tine_commit',
  'tine_state',
  migrationsTable,
  `${migrationsTable}_lock`,
] as const;
const tinesIndexes = ['kine_revision_index'] as const;

/** kine's indexes on SQLite. kine would make them at its start; made here, its start is quick. */
const kinesIndexes: Readonly<Record<string, string>> = {
  kine_name_index: 'INDEX {} ON kine (name)',
  kine_name_id_index: 'INDEX {} ON kine (name, id)',
  kine_id_deleted_index: 'INDEX {} ON kine (id, deleted)',
  kine_prev_revision_index: 'INDEX {} ON kine (prev_revision)',
  kine_name_prev_revision_uindex: 'UNIQUE INDEX {} ON kine (name, prev_revision)',
  kine_id_compact_rev_key_with_prev_revision_index:
    "INDEX {} ON kine (id, name, prev_revision) WHERE name != 'compact_rev_key' AND prev_revision != 0",
};

/**
 * Does it in the transaction of `file`; the lines of its report, or none when the file was kine's already. Doing it
 * twice does nothing more.
 *
 * @throws StartError when the file cannot be handed back.
 */
export function releaseToKine(file: OfflineFile): readonly string[] {
  const { missingColumns, isTines, unknownMigrations } = tableFacts(file);
  if (missingColumns.length > 0) {
    throw new StartError(
      `${file.path}: table kine lacks ${missingColumns.join(', ')}; neither tine nor kine wrote this file`,
    );
  }
  if (unknownMigrations.length > 0) {
    throw new StartError(
      `${file.path} was written by a newer tine (it has ${unknownMigrations[0]}); release it with that version`,
    );
  }
  if (!isTines) return [];
  const markId = compactedId(file);
  const report = [
    counted(returnClientsMark(file), 'rows of the key compact_rev_key under the name kine has for it'),
    counted(unescapeNames(file), 'keys with their bytes as they are, not escaped'),
    counted(forgetLaggingRevisions(file), 'rows whose id became their revision, as in kine'),
    counted(leasesToTtls(file), 'rows with a TTL, as in kine, instead of a lease'),
    counted(fillHoles(file, markId), 'missing ids filled'),
    counted(fillOldValues(file, markId), 'rows given the previous value, as kine keeps it'),
  ];
  for (const name of tinesTables) file.change(`DROP TABLE IF EXISTS ${name}`);
  for (const name of tinesIndexes) file.change(`DROP INDEX IF EXISTS ${name}`);
  for (const [name, definition] of Object.entries(kinesIndexes)) {
    file.change(`CREATE ${definition.replace('{}', `IF NOT EXISTS ${name}`)}`);
  }
  setSequence(file);
  return [...report.filter((line) => line !== undefined), "kine's indexes are there, tine's tables are gone"];
}

const counted = (count: number, what: string): string | undefined => (count === 0 ? undefined : `${what}: ${count}`);

/** A row without a version is kine's to tine, which then takes over its name, its value and its TTL at the next start. */
const makeKines = 'version = NULL';

/** The API server's key `compact_rev_key`: kine keeps it under another name, with the version in front of the value. */
function returnClientsMark(file: OfflineFile): number {
  const there = file.rows('SELECT 1 FROM kine WHERE name = ? LIMIT 1', clientsCompactMarkText).length > 0;
  if (!there) return 0;
  if (file.rows('SELECT 1 FROM kine WHERE name = ? LIMIT 1', kinesClientsMarkName).length > 0) {
    throw new StartError(
      `${file.path}: kine needs the key ${kinesClientsMarkName} for itself; delete it, compact, then release`,
    );
  }
  // From the newest on: a version that kine left out is counted along the older rows.
  const found = file.rows(
    `SELECT id, ${version('kine')}, value, deleted FROM kine WHERE name = ? ORDER BY id DESC`,
    clientsCompactMarkText,
  );
  for (const [id, keyVersion, value, deleted] of found) {
    const bytes = Buffer.concat([Buffer.from(`${keyVersion}|`), (value ?? new Uint8Array(0)) as Uint8Array]);
    file.change(
      `UPDATE kine SET name = ?, value = ?, ${makeKines} WHERE id = ?`,
      kinesClientsMarkName,
      deleted === 1 ? null : bytes,
      numberOf(id),
    );
  }
  return found.length;
}

/** Keys with bytes that tine escapes are stored by kine as they are, as text all the same. */
function unescapeNames(file: OfflineFile): number {
  const names = file.rows("SELECT DISTINCT name FROM kine WHERE name GLOB '*[' || char(1) || char(127) || ']*'");
  for (const [name] of names) {
    const bytes = keyBytes(String(name));
    file.change(`UPDATE kine SET name = CAST(? AS TEXT), ${makeKines} WHERE name = ?`, bytes, String(name));
  }
  return names.length;
}

/** To kine an id is a revision. Create revisions follow; where the creating row is compacted away they stay, and are below the id. */
function forgetLaggingRevisions(file: OfflineFile): number {
  const first = file.rows('SELECT MIN(revision) FROM kine WHERE revision IS NOT NULL')[0]?.[0];
  if (typeof first !== 'number') return 0;
  file.change(
    `UPDATE kine
    SET create_revision = COALESCE((
      SELECT creation.id
      FROM kine creation
      WHERE creation.name = kine.name AND creation.created = 1 AND ${modRevision('creation')} = kine.create_revision),
      create_revision)
    WHERE created = 0 AND deleted = 0 AND create_revision >= ?`,
    first,
  );
  return file.change('UPDATE kine SET revision = NULL WHERE revision IS NOT NULL');
}

/** tine writes the TTL beside the lease; kine counts it from its own start. */
function leasesToTtls(file: OfflineFile): number {
  return file.change(`UPDATE kine SET lease_id = NULL, ${makeKines} WHERE lease_id IS NOT NULL`);
}

/** kine waits for a missing id and fills it, one by one. */
function fillHoles(file: OfflineFile, markId: number): number {
  return file.change(
    `WITH RECURSIVE holes(id, until) AS (
      SELECT earlier.id + 1, earlier.next
      FROM (SELECT id, LEAD(id) OVER (ORDER BY id) AS next FROM kine WHERE id >= ?) earlier
      WHERE earlier.next > earlier.id + 1
      UNION ALL
      SELECT id + 1, until FROM holes WHERE id + 1 < until
    )
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease)
    SELECT id, 'gap-' || id, 0, 1, 0, 0, 0 FROM holes`,
    markId,
  );
}

/** kine cannot tell a watcher the previous value from the row that is replaced. Below the mark nobody can watch. */
function fillOldValues(file: OfflineFile, markId: number): number {
  return file.change(
    `UPDATE kine
    SET old_value = COALESCE((SELECT earlier.value FROM kine earlier WHERE earlier.id = kine.prev_revision), X'')
    WHERE id > ? AND created = 0 AND prev_revision > 0 AND old_value IS NULL`,
    markId,
  );
}

function setSequence(file: OfflineFile): void {
  file.change("DELETE FROM sqlite_sequence WHERE name = 'kine'");
  file.change("INSERT INTO sqlite_sequence (name, seq) SELECT 'kine', MAX(id) FROM kine");
}
