/**
 * Converts rows of a source to rows as tine writes them. Rows of kine get the name, version and
 * form that a take-over would give them.
 */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { change, listQuery, rowsOf } from '../../mvcc/program.ts';
import { clientsMark, folded } from '../../mvcc/start-up/take-over.ts';
import { clientsCompactMarkText, keyText } from '../../sql/key-text.ts';
import type { KineRow } from '../../sql/rows/kine-table.ts';
import { type CopiedRow, RENAME_EARLIER_COPIED, VERSIONS } from '../../sql/statements/copy-statements.ts';
import { kinesClientsMarkName } from '../../sql/statements/take-over-statements.ts';

/** A converted row. Its name changes if a later row gives the key another name. */
type Adapted = KineRow & { name: string };

interface ReplacedRow {
  readonly version: number;
  readonly name: string;
}

/**
 * The rows as tine would have written them. Rows that they replace are read from the target, which
 * has all earlier rows.
 */
export async function adaptRows(
  found: readonly CopiedRow[],
  target: OfflineDatabase,
  source: { readonly foldsCase: boolean; readonly takenOverThroughId: number },
): Promise<readonly KineRow[]> {
  const rows = found.map((row) => copied(row, source));
  const replaced = await replacedRows(rows, target);
  const adapted: Adapted[] = [];
  for (const row of rows) {
    const before = replaced.get(row.replacedId);
    if (source.foldsCase && row.version === null) await renameEarlier(row, before, { target, page: adapted });
    const version = row.version ?? versionOf(row, before);
    replaced.set(row.id, { version, name: row.name });
    adapted.push({ ...row, version });
  }
  return adapted;
}

/** The versions of the replaced rows, by id. */
async function replacedRows(rows: readonly KineRow[], target: OfflineDatabase): Promise<Map<number, ReplacedRow>> {
  const ids = rows
    .filter(({ version, replacedId }) => version === null && replacedId > 0)
    .map(({ replacedId }) => [replacedId]);
  const found = await target.run(rowsOf(listQuery(VERSIONS, ids)));
  return new Map(found.map(({ id, version, name }) => [id, { version: version ?? 0, name }]));
}

/** The version of a row of kine. Compacted versions cannot be counted. */
function versionOf({ created, deleted }: KineRow, before: ReplacedRow | undefined): number {
  if (deleted === 1) return 0;
  return created === 1 ? 1 : (before?.version ?? 0) + 1;
}

/**
 * Renames earlier rows of a key. Where kine's collation folds case, a key has the name that was
 * written last.
 */
async function renameEarlier(
  { id, name }: KineRow,
  before: ReplacedRow | undefined,
  { target, page }: { readonly target: OfflineDatabase; readonly page: readonly Adapted[] },
): Promise<void> {
  if (before === undefined || before.name === name || folded(before.name) !== folded(name)) return;
  await target.run(change(RENAME_EARLIER_COPIED, name, before.name, id));
  for (const earlier of page) if (earlier.name === before.name) earlier.name = name;
}

/**
 * A row of the source with tine's columns. A deleted key has a name only; kine stores more with it.
 */
function copied(found: CopiedRow, { takenOverThroughId }: { readonly takenOverThroughId: number }): KineRow {
  const asIs = found.deleted === 1 ? { ...found, createRevision: 0, ttlSeconds: 0, value: null } : found;
  const text = found.key.toString('latin1');
  const { key, ...rest } = asIs;
  if (found.version !== null || found.id <= takenOverThroughId) return { ...rest, name: text };
  if (text !== kinesClientsMarkName) return { ...rest, name: keyText(key) };
  if (found.deleted === 1) return { ...rest, name: clientsCompactMarkText, version: 0 };
  return { ...rest, name: clientsCompactMarkText, ...clientsMark(found.value) };
}
