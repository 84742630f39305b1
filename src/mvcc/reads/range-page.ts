/** Reads a range in pages at one revision, or inside a transaction as one block. */

import { assert } from '../../errors.ts';
import type { Interval } from '../../kit/intervals.ts';
import { freeLarge, freeWhole } from '../../kit/memory.ts';
import { limits } from '../../limits.ts';
import { successor } from '../../sql/key-text.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import type { Row } from '../../sql/statement.ts';
import {
  CURRENT_LENGTHS,
  CURRENT_PAGE,
  CURRENT_VALUES,
  decodeKeyWithLength,
  lengthOf,
  nameOf,
} from '../../sql/statements/range-statements.ts';
import { KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import { checkReadable, headProgram } from '../head.ts';
import { intervalOf, type Revision } from '../ids.ts';
import type { RangeOperation } from '../operations.ts';
import { eachRow, type Program, query, rawRows, row } from '../program.ts';
import type { Head, KeyValueBlock } from '../results.ts';
import { BlockEncoder, encodable, encodedBlock, kvsTag } from './encode-row.ts';
import { countRows, type RangeWindow, rangeRows } from './range-rows.ts';
import { type ReadPoint, readPoint } from './read-point.ts';

/** The beginning of a page: after the page before, at the same revision. */
export interface PagePosition {
  readonly revision: Revision;
  readonly afterName: string;
  /** The number of keys in earlier pages. */
  readonly countBefore: number;
}

/** One page, or several pages read by one task. */
export interface RangePages {
  readonly head: Head;
  /** The revision of the key-values. */
  readonly readRevision: Revision;
  readonly blocks: readonly KeyValueBlock[];
  /** Undefined on the last page. */
  readonly next: PagePosition | undefined;
  readonly more: boolean;
  /**
   * Set on the first page: the number of keys in the range, independent of the limit. Undefined if
   * it is the number of keys in all pages.
   */
  readonly count: number | undefined;
  /** Set if the limit cut off an unsorted range: the last key of the page. */
  readonly cutAfter?: string | undefined;
}

/** A range, from its start or from the end of the page before. */
export interface RangeRequest {
  readonly operation: RangeOperation;
  readonly position: PagePosition | undefined;
  /** A known count of the whole range. */
  readonly knownCount: RangeCount | undefined;
}

/** The number of keys in a range at a revision. */
export interface RangeCount {
  readonly revision: Revision;
  readonly count: number;
}

/**
 * Reads several pages in one task, up to the bytes of one task, because each task costs a round
 * trip to the reader.
 */
export function* rangePages(request: RangeRequest, facts: DatabaseFacts): Program<RangePages> {
  const taskBytesMax = facts.rangePage.bytesMax;
  let page = yield* rangePage(request, { bytesMax: taskBytesMax, facts });
  const { count } = page;
  const blocks = [...page.blocks];
  for (;;) {
    const bytesLeft = taskBytesMax - bytesOf(blocks);
    if (page.next === undefined || bytesLeft <= 0) return { ...page, blocks, count };
    page = yield* rangePage({ ...request, position: page.next }, { bytesMax: bytesLeft, facts });
    blocks.push(...page.blocks);
  }
}

function bytesOf(blocks: readonly KeyValueBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** A page of a range, bounded in rows and bytes. A sorted range is one page. */
function* rangePage(
  { operation, position, knownCount }: RangeRequest,
  { bytesMax, facts }: { readonly bytesMax: number; readonly facts: DatabaseFacts },
): Program<RangePages> {
  const head = yield* headProgram();
  const revision = position?.revision ?? (operation.revision > 0 ? operation.revision : head.revision);
  checkReadable(revision, head);
  const whole = intervalOf(operation.keys);
  const interval = position === undefined ? whole : { start: successor(position.afterName), end: whole.end };
  const point = yield* readPoint(revision, head.revision);
  const base = { head, readRevision: revision };
  const counted = () => countedAt(revision, interval, point, knownCount);
  if (operation.countOnly) return { ...base, blocks: [], next: undefined, more: false, count: yield* counted() };
  const countBefore = position?.countBefore ?? 0;
  const left = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit - countBefore;
  const window: RangeWindow =
    operation.sort === undefined
      ? { interval, point, rowsMax: Math.min(left + 1, facts.rangePage.rowsMax), bytesMax }
      : { interval, point, rowsMax: left + 1, bytesMax: undefined };
  const page = yield* pageRows(operation, window, { left, facts });
  const next = page.stopped ? { revision, afterName: page.lastName, countBefore: countBefore + page.count } : undefined;
  // The count is the number of rows of all pages, unless a limit or a filter leaves rows out.
  const filtered = operation.revisionFilter !== undefined;
  const needsCount = position === undefined && (operation.limit !== 0 || filtered);
  const cut = page.more || page.stopped || filtered;
  const count = needsCount ? (cut ? yield* counted() : page.count) : undefined;
  const cutAfter = page.more && operation.sort === undefined ? page.lastName : undefined;
  return { ...base, blocks: page.blocks, next, more: page.more, count, cutAfter };
}

/** The number of keys. It never changes at one revision. */
function* countedAt(
  revision: Revision,
  interval: Interval,
  point: ReadPoint,
  knownCount: RangeCount | undefined,
): Program<number> {
  return knownCount?.revision === revision ? knownCount.count : yield* countRows(interval, point);
}

/**
 * All keys of a range inside a transaction, in one block. The revision was checked before. `latest`
 * is the revision of the transaction's own writes; a read at an older revision does not see them.
 */
export function* rangeInTransaction(
  operation: RangeOperation,
  latest: Revision,
): Program<{ block: KeyValueBlock; more: boolean; count: number }> {
  const point = yield* readPoint(operation.revision > 0 ? operation.revision : latest, latest);
  const interval = intervalOf(operation.keys);
  const count = yield* countRows(interval, point);
  if (operation.countOnly) return { block: emptyBlock, more: false, count };
  const limit = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit;
  const found = yield* rangeRows(operation, { interval, point, rowsMax: limit + 1, bytesMax: undefined });
  return { block: encodedBlock(found.slice(0, limit)), more: found.length > limit, count };
}

interface PageRows {
  readonly blocks: readonly KeyValueBlock[];
  readonly count: number;
  /** There are more rows than the limit. */
  readonly more: boolean;
  /** The page is full, and there may be more rows within the limit. */
  readonly stopped: boolean;
  readonly lastName: string;
}

const emptyBlock: KeyValueBlock = { bytes: new Uint8Array(0), count: 0 };

function isPlain(operation: RangeOperation, window: RangeWindow): boolean {
  const { sort, keysOnly, revisionFilter } = operation;
  return window.point.source === 'current' && sort === undefined && !keysOnly && revisionFilter === undefined;
}

function* pageRows(
  operation: RangeOperation,
  window: RangeWindow,
  { left, facts }: { readonly left: number; readonly facts: DatabaseFacts },
): Program<PageRows> {
  const plain = isPlain(operation, window);
  if (plain && facts.joinsValues) return yield* plainRows(window, left);
  const page = new PageCollector(window, left);
  if (plain && facts.countsPages) {
    const { interval, rowsMax, bytesMax = Number.MAX_SAFE_INTEGER } = window;
    const pageQuery = query(CURRENT_PAGE, interval.start, interval.end, rowsMax, bytesMax);
    yield* eachRow(pageQuery, (each) => page.add(each));
    return page.rows();
  }
  const found = yield* rangeRows(operation, window);
  for (const each of found) page.add(each);
  freeLarge(found.map(({ value }) => value));
  return page.rows();
}

/**
 * Collects the rows of a page in their order, each with its value unless only keys were requested.
 */
class PageCollector {
  readonly #window: RangeWindow;
  readonly #left: number;
  readonly #encoder = new BlockEncoder();
  #found = 0;
  #valueBytes = 0;
  #lastName = '';

  constructor(window: RangeWindow, left: number) {
    this.#window = window;
    this.#left = left;
  }

  add(keyValue: KeyValueRow): void {
    this.#found += 1;
    this.#valueBytes += keyValue.value?.length ?? 0;
    if (this.#found > this.#left) return;
    this.#encoder.add(keyValue);
    this.#lastName = keyValue.name;
  }

  rows(): PageRows {
    const { rowsMax, bytesMax = Number.POSITIVE_INFINITY } = this.#window;
    const more = this.#found > this.#left;
    // The driver stops at the requested rows or bytes, or at the end.
    const full = this.#found === rowsMax || this.#valueBytes >= bytesMax;
    const count = Math.min(this.#found, this.#left);
    return { blocks: this.#encoder.blocks(), count, more, stopped: full && !more, lastName: this.#lastName };
  }
}

/**
 * Reads the newest rows in the order of their names: the lengths of their values first, then as
 * many values as fit, joined.
 */
function* plainRows(
  { interval, rowsMax, bytesMax = Number.POSITIVE_INFINITY }: RangeWindow,
  left: number,
): Program<PageRows> {
  const found = yield* rawRows(query(CURRENT_LENGTHS, interval.start, interval.end, rowsMax));
  const countMax = Math.min(found.length, left);
  const blocks: KeyValueBlock[] = [];
  let count = 0;
  for (let bytes = 0; count < countMax && bytes < bytesMax; ) {
    const block = yield* plainBlock(found.slice(count, countMax), bytesMax - bytes);
    blocks.push(block);
    count += block.count;
    bytes += block.bytes.length;
  }
  const more = found.length > count && count === left;
  const stopped = !more && (found.length > count || found.length === rowsMax);
  const lastName = count === 0 ? '' : nameOf(found[count - 1] as Row);
  return { blocks, count, more, stopped, lastName };
}

/** A block of as many of these rows as fit, at least one. */
function* plainBlock(found: readonly Row[], bytesMax: number): Program<KeyValueBlock> {
  const blockBytesMax = Math.min(bytesMax, limits.rangeBlockBytesMax);
  let count = 0;
  let bytes = 0;
  while (count < found.length && bytes < blockBytesMax) bytes += lengthOf(found[count++] as Row);
  const taken = found.slice(0, count);
  const values = ((yield* row(CURRENT_VALUES, nameOf(taken[0] as Row), nameOf(taken.at(-1) as Row))) ??
    noBuffer) as Buffer;
  assert(values.length === bytes, 'the joined values are as long as all values together');
  const block = { bytes: encodedWith(values, taken), count };
  freeWhole(values);
  return block;
}

const noBuffer = Buffer.alloc(0);
const writer = new KeyValueWriter();

/** Encodes rows with the length of each value, and all values back to back. */
function encodedWith(values: Buffer, found: readonly Row[]): Uint8Array {
  writer.reserve(values.length + found.length * limits.rangeRowOverheadBytes);
  let start = 0;
  for (const each of found) {
    const end = start + lengthOf(each);
    writer.field(kvsTag, encodable(decodeKeyWithLength(each)), { bytes: values, start, end });
    start = end;
  }
  return writer.take();
}
