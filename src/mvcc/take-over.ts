/**
 * Brings the derived index up to what kine wrote while the database was its own. kine leaves column `version` NULL and tine never does, so
 * the newest row tells who wrote last, and the newest row with a version tells how far the index reaches.
 */
import { keyText } from '../sql/key-text.ts';
import {
  CLIENTS_MARK_ROWS,
  COVERED_ID,
  COVERING_ROW,
  clientsMarkName,
  DROP_ALL_CURRENT,
  FOREIGN_LEASE_ROWS,
  FOREIGN_NAMES,
  INSERT_MARK,
  MARKS,
  MOVE_MARK,
  NEWEST_ROW,
  REFILL_CURRENT,
  RENAME,
  SET_CLIENTS_MARK_ROW,
  SET_COMPACTED_TO_MARK,
  SET_COVERED_ID,
  SET_ROW_LEASE,
} from '../sql/take-over-statements.ts';
import { DELETE_ROWS, EXTEND_LEASES, INSERT_LEASES } from '../sql/write-statements.ts';
import { change, changeEach, type Program, row, rows } from './program.ts';

export interface TakeOver {
  /** Rows of kine's that the index now covers. */
  readonly rows: number;
  /** Leases made of kine's TTLs. */
  readonly leases: number;
}

/** Runs under the revision lock, once at each start, before anything is served. */
export function* takeOver(nowMs: number): Program<TakeOver> {
  yield* uniteMarks();
  const newest = yield* row(NEWEST_ROW);
  const covered = (yield* row(COVERED_ID))?.[0] as number | undefined;
  const newestId = (newest?.[0] as number | undefined) ?? 0;
  const writtenByKine = newest?.[1] === null;
  let result: TakeOver = { rows: 0, leases: 0 };
  if (covered === undefined || (writtenByKine && covered < newestId)) {
    const afterId = covered === undefined ? 0 : yield* reach(covered);
    const leases = yield* catchUp(afterId, nowMs);
    result = { rows: writtenByKine ? newestId - afterId : 0, leases };
    yield* change(SET_COVERED_ID, newestId);
  }
  yield* change(EXTEND_LEASES, nowMs);
  return result;
}

/**
 * Exactly one mark is there, whoever made the table: of several the newest remains, which may be the newest row of all, whose id is the store's revision. It covers
 * what the others covered.
 */
function* uniteMarks(): Program<void> {
  const marks = (yield* rows(MARKS)) as readonly (readonly [number, number])[];
  const newest = marks.at(-1);
  if (newest === undefined) {
    yield* change(INSERT_MARK, (((yield* row(NEWEST_ROW))?.[0] as number | undefined) ?? 0) + 1);
    return;
  }
  if (marks.length === 1) return;
  yield* changeEach(
    DELETE_ROWS,
    marks.slice(0, -1).map(([id]) => [id]),
  );
  yield* change(MOVE_MARK, Math.max(...marks.map(([, covered]) => covered)), newest[0]);
}

/** How far the index reaches: what was recorded, or the newest row tine wrote. */
function* reach(covered: number): Program<number> {
  const own = (yield* row(COVERING_ROW, covered))?.[0] as number | undefined;
  return own ?? covered;
}

/** Returns how many leases kine's TTLs became. */
function* catchUp(afterId: number, nowMs: number): Program<number> {
  yield* escapeNames(afterId);
  yield* adoptClientsMark(afterId);
  if (afterId === 0) {
    yield* change(DROP_ALL_CURRENT);
    yield* change(SET_COMPACTED_TO_MARK);
  }
  for (const statement of REFILL_CURRENT) yield* change(statement, afterId);
  return yield* adoptLeases(nowMs);
}

/** Names are plain ASCII text here; kine keeps the bytes of a key as they come. */
function* escapeNames(afterId: number): Program<void> {
  for (const found of yield* rows(FOREIGN_NAMES, afterId)) {
    const name = found[0] as Uint8Array;
    yield* change(RENAME, keyText(name), name, afterId);
  }
}

/** The API server's own key `compact_rev_key`: kine keeps it under another name, with the version in front of the value. */
function* adoptClientsMark(afterId: number): Program<void> {
  for (const found of yield* rows(CLIENTS_MARK_ROWS, afterId)) {
    const [id, value] = found as [number, Uint8Array | null];
    const text = Buffer.from(value ?? []).toString('latin1');
    const bar = text.indexOf('|');
    const version = Number(text.slice(0, bar));
    const plain =
      bar > 0 && Number.isSafeInteger(version)
        ? Buffer.from(text.slice(bar + 1), 'latin1')
        : (value ?? new Uint8Array(0));
    yield* change(
      SET_CLIENTS_MARK_ROW,
      clientsMarkName,
      plain,
      bar > 0 && Number.isSafeInteger(version) ? version : null,
      id,
    );
  }
}

/** kine counts a TTL from its own start: each key that has one gets a lease of its own, named by the row that set it. */
function* adoptLeases(nowMs: number): Program<number> {
  const found = (yield* rows(FOREIGN_LEASE_ROWS)) as readonly (readonly [number, number])[];
  yield* changeEach(
    INSERT_LEASES,
    found.map(([id, ttlSeconds]) => [id, ttlSeconds, nowMs + ttlSeconds * 1000]),
  );
  const ids = found.map(([id]) => [id]);
  for (const statement of SET_ROW_LEASE) yield* changeEach(statement, ids);
  return found.length;
}
