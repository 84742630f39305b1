/** Makes rows of a source what tine writes: kine's rows get the name, the version and the form that a take-over would give them. */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { change, listQuery, rowsOf } from '../../mvcc/program.ts';
import { clientsMark, folded } from '../../mvcc/take-over.ts';
import { VERSIONS } from '../../sql/copy-statements.ts';
import { clientsCompactMarkText, keyText } from '../../sql/key-text.ts';
import { changes, type Parameter, type Row } from '../../sql/statement.ts';
import { kinesClientsMarkName } from '../../sql/take-over-statements.ts';

/** A row of `copiedRows`, column by column. */
interface Copied {
  readonly id: number;
  name: string;
  readonly created: number;
  readonly deleted: number;
  readonly createRevision: number;
  readonly prevId: number;
  readonly ttlSeconds: number;
  readonly value: Uint8Array | null;
  /** Null: kine wrote the row. */
  readonly version: number | null;
  readonly lease: string | null;
  readonly revision: number | null;
  readonly subRevision: number | null;
}

interface Known {
  readonly version: number;
  readonly name: string;
}

/** The rows as `INSERT_ROWS` takes them. What a row replaced is asked for in the target, which has everything that came before. */
export async function adaptRows(
  found: readonly Row[],
  target: OfflineDatabase,
  source: { readonly foldsCase: boolean },
): Promise<readonly (readonly Parameter[])[]> {
  const rows = found.map(copied);
  const known = await knownBefore(rows, target);
  const adapted: Copied[] = [];
  for (const row of rows) {
    const before = known.get(row.prevId);
    if (source.foldsCase && row.version === null) await renameEarlier(row, before, { target, page: adapted });
    const version = row.version ?? versionOf(row, before);
    known.set(row.id, { version, name: row.name });
    adapted.push({ ...row, version });
  }
  return adapted.map(parametersOf);
}

/** The versions of the rows that are replaced, by id. */
async function knownBefore(rows: readonly Copied[], target: OfflineDatabase): Promise<Map<number, Known>> {
  const ids = rows.filter(({ version, prevId }) => version === null && prevId > 0).map(({ prevId }) => [prevId]);
  const found = await target.run(rowsOf(listQuery(VERSIONS, ids)));
  return new Map(
    found.map(([id, version, name]) => [id as number, { version: version as number, name: name as string }]),
  );
}

export const RENAME_EARLIER_COPIED = changes(
  'rename_earlier_copied',
  (sql) => `UPDATE kine
  SET name = ${sql.text}
  WHERE name = ${sql.text} AND id < ${sql.integer}`,
);

/** What is compacted away cannot be counted. */
function versionOf({ created, deleted }: Copied, before: Known | undefined): number {
  if (deleted === 1) return 0;
  return created === 1 ? 1 : (before?.version ?? 0) + 1;
}

/** Where kine's collation folds case a key has the name that was written last. */
async function renameEarlier(
  { id, name }: Copied,
  before: Known | undefined,
  { target, page }: { readonly target: OfflineDatabase; readonly page: readonly Copied[] },
): Promise<void> {
  if (before === undefined || before.name === name || folded(before.name) !== folded(name)) return;
  await target.run(change(RENAME_EARLIER_COPIED, name, before.name, id));
  for (const earlier of page) if (earlier.name === before.name) earlier.name = name;
}

function copied(row: Row): Copied {
  const [
    id,
    bytes,
    created,
    deleted,
    createRevision,
    prevId,
    ttlSeconds,
    value,
    version,
    lease,
    revision,
    subRevision,
  ] = row as [
    number,
    Uint8Array | string,
    number,
    number,
    number,
    number,
    number,
    Uint8Array | null,
    number | null,
    string | null,
    number | null,
    number | null,
  ];
  const name = Buffer.from(bytes as string, 'latin1');
  const isGone = deleted === 1;
  const common = {
    id,
    created,
    deleted,
    createRevision: isGone ? 0 : createRevision,
    prevId,
    ttlSeconds: isGone ? 0 : ttlSeconds,
    lease,
    revision,
    subRevision,
  };
  if (version !== null) return { ...common, name: name.toString('latin1'), value: isGone ? null : value, version };
  if (name.toString('latin1') !== kinesClientsMarkName) {
    return { ...common, name: keyText(name), value: isGone ? null : value, version };
  }
  const mark = clientsMark(value);
  return {
    ...common,
    name: clientsCompactMarkText,
    value: isGone ? null : mark.value,
    version: isGone ? 0 : mark.version,
  };
}

function parametersOf(row: Copied): readonly Parameter[] {
  const lease = row.lease === null ? null : BigInt(row.lease);
  return [
    row.id,
    row.name,
    row.created,
    row.deleted,
    row.createRevision,
    row.prevId,
    row.ttlSeconds,
    row.value,
    row.version,
    lease,
    row.revision,
    row.subRevision,
  ];
}
