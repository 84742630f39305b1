/**
 * Copies a database into another one, row by row. It keeps ids, revisions, versions, leases and the
 * history above the compaction mark.
 */
import type { LockedDatabase, OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { change, changeEach, insertEach, query, rows, rowsOf } from '../../mvcc/program.ts';
import { adoptLeases, rebuildCurrent, takenOverThroughId, uniteMarks } from '../../mvcc/start-up/take-over.ts';
import { compactMarkName } from '../../sql/key-text.ts';
import { markRow } from '../../sql/rows/kine-rows.ts';
import {
  COPIED_IDS,
  copiedRows,
  copyNames,
  LEASE_PAGE,
  type Owner,
  SIZES_AFTER,
} from '../../sql/statements/copy-statements.ts';
import { MARKS, SET_COVERED_ID } from '../../sql/statements/take-over-statements.ts';
import { DELETE_ROWS, INSERT_LEASES, INSERT_ROWS } from '../../sql/statements/write-statements.ts';
import { compactedId, numberOf, requireKnown, stateOf, tableFacts } from '../table-facts.ts';
import { refuseUnfinishedCopy } from '../unfinished-copy.ts';
import { adaptRows } from './adapt-rows.ts';
import { copyAuth } from './copy-auth.ts';
import { type Digest, digestText } from './digest.ts';
import { digestOf } from './digest-database.ts';
import { noteLeftOutOfDatabase } from './left-out.ts';
import { pageEnd } from './pages.ts';
import type { Progress } from './progress.ts';
import { beginCopy, forgetCopy, type KeyPlace, prepareTarget, refuseLongKey, storeState } from './target.ts';

/** The result of a copy. */
export interface CopyReport {
  readonly source: Digest;
  readonly target: Digest;
  /** The revision up to which the source was copied. */
  readonly revision: number;
}

/** One snapshot of the source, and the position of the copy in it. */
interface Source {
  readonly database: OfflineDatabase;
  readonly owner: Owner;
  readonly newestId: number;
  /** The names of rows up to this id are tine's. */
  readonly takenOverThroughId: number;
}

/**
 * Reads the source in one snapshot, while others may write to it. Writes the target in pages, each
 * in a transaction. After an interruption the next run continues, and then also copies the newer
 * rows of the source.
 *
 * @throws StartError if neither kine nor tine wrote the source, or if the target is not empty or is
 * served.
 */
export async function copyDatabase(from: OfflineAccess, to: OfflineAccess, progress: Progress): Promise<CopyReport> {
  if (from.name === to.name)
    throw new StartError(`${from.name}: cannot copy a database into itself; give another target`);
  return from.readSnapshot(async (database) => {
    const source = await openSource(database);
    await prepareTarget(to, from.name);
    return to.whileLocked(async (target) => {
      await copyRows(source, { target, place: to }, progress);
      await target.transaction((tx) => complete(source, tx));
      await noteLeftOutOfDatabase(database, progress);
      return verified(source, target, progress);
    });
  });
}

async function openSource(database: OfflineDatabase): Promise<Source> {
  const facts = await tableFacts(database);
  requireKnown(database, facts, 'copy');
  await refuseUnfinishedCopy(database, facts);
  if (facts.isTines && facts.missingMigrations.length > 0)
    throw new StartError(`${database.name}: an older tine wrote this database; start this tine on it once, then copy`);
  const newest = await database.value('SELECT MAX(id) FROM kine');
  return {
    database,
    owner: facts.isTines ? 'tine' : 'kine',
    newestId: numberOf(newest),
    takenOverThroughId: facts.isTines ? await database.run(takenOverThroughId()) : 0,
  };
}

async function copyRows(
  source: Source,
  { target, place }: { readonly target: LockedDatabase; readonly place: KeyPlace },
  progress: Progress,
): Promise<void> {
  const { database, newestId, takenOverThroughId } = source;
  const { foldsCase } = database.sql.kine;
  let lastId = await target.transaction((tx) => begin(source, tx, progress));
  for (;;) {
    const endId = await pageEnd(database, SIZES_AFTER, lastId);
    if (endId === undefined) return;
    const found = await database.run(rowsOf(query(copiedRows(source.owner), lastId, endId)));
    await target.transaction(async (tx) => {
      const adapted = await adaptRows(found, tx, { foldsCase, takenOverThroughId });
      for (const { name } of adapted) refuseLongKey(name, place);
      await tx.run(insertEach(INSERT_ROWS, adapted));
      await storeState(tx, copyNames.throughId, endId);
    });
    lastId = endId;
    progress.update('ids copied', endId, newestId);
  }
}

/** Begins or continues the copy. Returns the id after which it continues. */
async function begin(source: Source, target: OfflineDatabase, progress: Progress): Promise<number> {
  const continues = await beginCopy(target, source.database.name);
  const lastId = (await stateOf(target, copyNames.throughId)) ?? 0;
  if (continues) progress.print(`continuing after id ${lastId}`);
  await deleteCompacted(source, target, lastId);
  const compacted = await deletedThroughId(source);
  const before = (await stateOf(target, copyNames.compactedId)) ?? compacted;
  await storeState(target, copyNames.compactedId, Math.min(before, compacted));
  return lastId;
}

/**
 * Deletes the copied rows that the source has compacted since. One of them may be the newest row of
 * a key in the target, if the source has compacted the deletion of this key too.
 */
async function deleteCompacted({ database }: Source, target: OfflineDatabase, throughId: number): Promise<void> {
  for (let lastId = 0; ; ) {
    const copied = await target.run(rows(COPIED_IDS, lastId, throughId, idPageMax));
    const endId = copied.at(-1);
    if (endId === undefined) return;
    const kept = new Set(await database.run(rows(COPIED_IDS, lastId, endId, endId - lastId)));
    const deleted = copied.filter((id) => !kept.has(id)).map((id) => [id]);
    await target.run(changeEach(DELETE_ROWS, deleted));
    lastId = endId;
  }
}

const idPageMax = 1000;

/** The id up to which the source has deleted all rows that its compaction mark made unreachable. */
async function deletedThroughId({ database, owner }: Source): Promise<number> {
  if (owner === 'kine') return compactedId(database);
  return (await stateOf(database, 'compacted_id')) ?? 0;
}

/**
 * Completes the target after all rows: writes everything that is derived from rows, or not stored
 * in rows.
 */
async function complete(source: Source, target: OfflineDatabase): Promise<void> {
  await copyMarks(source, target);
  await target.run(uniteMarks());
  const newestId = numberOf(await target.value('SELECT MAX(id) FROM kine'));
  await target.run(rebuildCurrent(newestId));
  await copyLeases(source, target);
  if (source.owner === 'tine') await copyAuth(source.database, target);
  await target.run(adoptLeases({ afterId: 0, newestId, nowMs: Date.now() }));
  await target.run(change(SET_COVERED_ID, newestId));
  await storeState(target, 'compacted_id', (await stateOf(target, copyNames.compactedId)) ?? 0);
  for (const statement of target.sql.setSequence) await target.change(statement);
}

/** Copies the marks last, because they move while the rows are copied. */
async function copyMarks({ database }: Source, target: OfflineDatabase): Promise<void> {
  const marks = await database.run(rows(MARKS));
  await target.change(`DELETE FROM kine WHERE name = '${compactMarkName}'`);
  const copied = marks.map(({ id, compactedId }) => markRow({ id, compactedId: compactedId ?? 0, version: 1 }));
  await target.run(insertEach(INSERT_ROWS, copied));
}

const leasePageMax = 1000;

async function copyLeases({ database, owner }: Source, target: OfflineDatabase): Promise<void> {
  await target.change('DELETE FROM tine_lease');
  if (owner === 'kine') return;
  for (let lastId = 0n; ; ) {
    const page = await database.run(rowsOf(query(LEASE_PAGE, lastId, leasePageMax)));
    await target.run(insertEach(INSERT_LEASES, page));
    const last = page.at(-1);
    if (last === undefined) return;
    lastId = last.id;
  }
}

/**
 * Compares source and target.
 *
 * @throws StartError if they differ; then the copy stays unfinished.
 */
async function verified(source: Source, target: LockedDatabase, progress: Progress): Promise<CopyReport> {
  progress.print('comparing');
  const ofSource = await digestOf(source.database, source, progress);
  return target.transaction(async (tx) => {
    const ofTarget = await digestOf(tx, { owner: 'tine', takenOverThroughId: Number.POSITIVE_INFINITY }, progress);
    if (ofSource.hash !== ofTarget.hash) {
      throw new StartError(
        `${tx.name}: the copy differs from the source: ${digestText(ofTarget)} instead of ${digestText(ofSource)}; drop the database and start again`,
      );
    }
    const newest = await tx.value('SELECT COALESCE(revision, id) FROM kine ORDER BY id DESC LIMIT 1');
    await forgetCopy(tx);
    return { source: ofSource, target: ofTarget, revision: numberOf(newest) };
  });
}
