/**
 * Updates the index of newest rows after kine wrote to the table. kine leaves column `version` NULL
 * and tine never does. So the newest row shows whether kine or tine wrote last, and the newest row
 * with a version shows how far the index reaches.
 */
import { StartError } from '../../errors.ts';
import { withoutTrailing } from '../../kit/without-trailing.ts';
import { limits } from '../../limits.ts';
import { keyText } from '../../sql/key-text.ts';
import {
  CHUNK_END,
  CLIENTS_MARK_ROWS,
  COVERED_ID,
  COVERING_ROW,
  clientsMarkName,
  DROP_ALL_CURRENT,
  DROP_COMPACTED_CURRENT,
  FOREIGN_LEASE_ROWS,
  FOREIGN_NAMES,
  INSERT_MARK,
  MARKS,
  MOVE_MARK,
  NEWEST_ROW,
  REFILL_CURRENT,
  RENAME,
  RENAME_EARLIER,
  RENAMED_ROWS,
  SET_CLIENTS_MARK_ROW,
  SET_COMPACTED_TO_MARK,
  SET_COVERED_ID,
  SET_ROW_LEASE,
} from '../../sql/statements/take-over-statements.ts';
import { DELETE_ROWS, INSERT_LEASES, SET_CURRENT } from '../../sql/statements/write-statements.ts';
import { change, changeEach, insertEach, type Program, row, rows } from '../program.ts';
import { isUnfinishedCopy, unfinishedCopyText } from './unfinished-copy.ts';

export interface TakeOver {
  /** The number of rows by kine that were added to the index. */
  readonly rows: number;
  /** The number of leases created from kine's TTLs. */
  readonly leases: number;
}

/** Receives the progress of a take-over, which may take minutes: steps that are done, of all. */
export type ReportTakeOver = (done: number, total: number) => void;

const ignore: ReportTakeOver = () => {};

/**
 * Takes the table over from kine. Runs under the revision lock, once at each start, before requests
 * are served.
 *
 * @throws StartError if the database is an unfinished copy.
 */
export function* takeOver(nowMs: number, report: ReportTakeOver = ignore): Program<TakeOver> {
  if (yield* isUnfinishedCopy()) throw new StartError(unfinishedCopyText);
  yield* uniteMarks();
  const newest = yield* row(NEWEST_ROW);
  const covered = yield* row(COVERED_ID);
  const newestId = newest?.id ?? 0;
  const writtenByKine = newest?.version === null;
  let result: TakeOver = { rows: 0, leases: 0 };
  const afterId = yield* takenOverThrough(newest, covered);
  if (covered === undefined || afterId < newestId) {
    // A new database has a mark, and nothing to take over.
    const leases = yield* cover({ afterId, newestId, nowMs, report: writtenByKine ? report : ignore });
    result = { rows: writtenByKine ? newestId - afterId : 0, leases };
  }
  return result;
}

/**
 * Makes sure that the table has exactly one compaction mark. Of several marks the newest remains,
 * because it may be the newest row of the log, whose id is the store's revision. It gets the
 * largest compacted id of all marks. Returns the number of marks found.
 */
export function* uniteMarks(): Program<number> {
  const marks = yield* rows(MARKS);
  const newest = marks.at(-1);
  if (newest === undefined) {
    const last = yield* row(NEWEST_ROW);
    // After a row by kine the mark counts as kine's too, so that the take-over still sees this row.
    yield* change(INSERT_MARK, (last?.id ?? 0) + 1, last?.version === null ? null : 1);
    return 0;
  }
  if (marks.length === 1) return 1;
  yield* changeEach(
    DELETE_ROWS,
    marks.slice(0, -1).map(({ id }) => [id]),
  );
  yield* change(MOVE_MARK, Math.max(...marks.map(({ compactedId }) => compactedId ?? 0)), newest.id);
  return marks.length;
}

/**
 * The id up to which tine has taken the rows over. Later rows are kine's: their names are the bytes
 * of keys, and the index lacks them.
 */
export function* takenOverThroughId(): Program<number> {
  return yield* takenOverThrough(yield* row(NEWEST_ROW), yield* row(COVERED_ID));
}

/**
 * The same with what was read. If kine wrote the newest row: the recorded id, or the newest row
 * that tine wrote after it.
 */
function* takenOverThrough(
  newest: { readonly id: number; readonly version: number | null } | undefined,
  covered: number | undefined,
): Program<number> {
  if (covered === undefined || newest === undefined) return 0;
  if (newest.version !== null || covered >= newest.id) return newest.id;
  return (yield* row(COVERING_ROW, covered)) ?? covered;
}

/** Rows after an id, up to the newest. */
interface Uncovered {
  readonly afterId: number;
  readonly newestId: number;
  readonly nowMs: number;
  readonly report?: ReportTakeOver;
}

/**
 * Completes the index up to the newest row, or rebuilds it if `afterId` is 0. Returns the number of
 * leases created from kine's TTLs.
 */
export function* cover({ afterId, newestId, nowMs, report = ignore }: Uncovered): Program<number> {
  const idCount = newestId - afterId;
  // The names, the index and the leases: each walks all ids once.
  const walk = (index: number) => (throughId: number) => report(index * idCount + throughId - afterId, 3 * idCount);
  yield* eachChunk(afterId, newestId, adoptNames, walk(0));
  yield* adoptClientsMark(afterId);
  if (afterId === 0) {
    yield* rebuildCurrent(newestId, walk(1));
    yield* change(SET_COMPACTED_TO_MARK);
  } else {
    yield* change(DROP_COMPACTED_CURRENT, afterId);
    yield* eachChunk(afterId, newestId, refill, walk(1));
  }
  const leases = yield* adoptLeases({ afterId, newestId, nowMs }, walk(2));
  yield* change(SET_COVERED_ID, newestId);
  return leases;
}

/** Rebuilds the index of newest rows from table `kine`. */
export function* rebuildCurrent(newestId: number, onChunk?: OnChunk): Program<void> {
  yield* change(DROP_ALL_CURRENT);
  yield* eachChunk(0, newestId, refill, onChunk);
}

function* refill(fromId: number, throughId: number): Program<void> {
  for (const statement of REFILL_CURRENT) yield* change(statement, fromId, throughId);
}

/** Receives the id through which a walk has come. */
type OnChunk = (throughId: number) => void;

/**
 * Walks a table in chunks of rows. A table may have millions of rows, and no statement may exceed
 * the time in which the database must answer.
 */
export function* eachChunk(
  afterId: number,
  newestId: number,
  work: (fromId: number, throughId: number) => Program<void>,
  onChunk?: OnChunk,
): Program<void> {
  let fromId = afterId;
  while (fromId < newestId) {
    const end = yield* row(CHUNK_END, fromId, limits.takeOverRowsMax);
    const throughId = Math.min(end ?? newestId, newestId);
    yield* work(fromId, throughId);
    onChunk?.(throughId);
    fromId = throughId;
  }
}

/**
 * Converts names to tine's form, which is plain ASCII; kine stores the bytes of a key unchanged.
 * Where kine's collation ignores case, a key gets the name that was written last.
 */
function* adoptNames(fromId: number, throughId: number): Program<void> {
  // The longest first: the new name of a key is longer, and may be the name of another one.
  const foreign = [...(yield* rows(FOREIGN_NAMES, fromId, throughId))].sort((a, b) => b.length - a.length);
  for (const name of foreign) {
    yield* change(RENAME, keyText(name), name, fromId, throughId);
  }
  for (const { id, name, earlierName } of yield* rows(RENAMED_ROWS, fromId, throughId)) {
    if (folded(name) === folded(earlierName)) yield* change(RENAME_EARLIER, name, earlierName, id);
  }
}

/** A name as kine's collation compares it: without case, and without spaces at the end. */
export function folded(name: string): string {
  return withoutTrailing(' ', name).toLowerCase();
}

/**
 * Converts the API server's key `compact_rev_key`. kine stores it under another name, with the
 * version in front of the value.
 */
function* adoptClientsMark(afterId: number): Program<void> {
  for (const { id, value } of yield* rows(CLIENTS_MARK_ROWS, afterId)) {
    const mark = clientsMark(value);
    yield* change(SET_CLIENTS_MARK_ROW, clientsMarkName, mark.value, mark.version, id);
  }
}

/**
 * Splits kine's `<version>|<value>`. The version is null if the text contains none, or less than 1,
 * which no key can have. It is then counted along the older rows.
 */
export function clientsMark(kept: Uint8Array | null): { readonly version: number | null; readonly value: Uint8Array } {
  const text = Buffer.from(kept ?? []).toString('latin1');
  const bar = text.indexOf('|');
  const version = Number(text.slice(0, bar));
  if (bar <= 0 || !Number.isSafeInteger(version)) return { version: null, value: kept ?? new Uint8Array(0) };
  return { version: version < 1 ? null : version, value: Buffer.from(text.slice(bar + 1), 'latin1') };
}

/**
 * Creates leases from kine's TTLs, which kine counts from its own start. Each key with a TTL gets a
 * lease whose id is the id of its row. Returns the number of leases.
 */
export function* adoptLeases({ afterId, newestId, nowMs }: Uncovered, onChunk?: OnChunk): Program<number> {
  let count = 0;
  yield* eachChunk(
    afterId,
    newestId,
    function* (fromId, throughId) {
      const found = yield* rows(FOREIGN_LEASE_ROWS, fromId, throughId);
      yield* insertEach(
        INSERT_LEASES,
        found.map(({ id, ttlSeconds }) => ({ id, ttlSeconds, expiresAtMs: nowMs + ttlSeconds * 1000 })),
      );
      yield* changeEach(
        SET_ROW_LEASE,
        found.map(({ id }) => [id]),
      );
      yield* insertEach(
        SET_CURRENT,
        found.map(({ id, name, valueBytes }) => ({ name, id, leaseId: id, valueBytes })),
      );
      count += found.length;
    },
    onChunk,
  );
  return count;
}
