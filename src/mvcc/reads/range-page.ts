/** A range in pages at one revision, and a range inside a transaction in one piece. */
import { assert } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { freeLarge, freeWhole } from '../../memory.ts';
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
import type { RangeOperation, Revision, RowId } from '../operations.ts';
import { eachRow, type Program, query, rawRows, row } from '../program.ts';
import type { Head, KeyValueBlock } from '../results.ts';
import { BlockEncoder, encodable, encodedBlock, kvsTag } from './encode-row.ts';
import { countRows, type RangeWindow, rangeRows } from './range-rows.ts';
import { type NameInterval, nameInterval, type ReadPoint, readPoint } from './read-point.ts';

/** Where a page begins: after the one before, at its revision. */
export interface PagePosition {
  readonly revision: Revision;
  readonly afterName: string;
  /** Keys in earlier pages. */
  readonly countBefore: number;
}

/** One page, or several read in one go. */
export interface RangePages {
  readonly head: Head;
  /** The revision the page shows. */
  readonly readRevision: Revision;
  readonly blocks: readonly KeyValueBlock[];
  /** Undefined on the last page. */
  readonly next: PagePosition | undefined;
  readonly more: boolean;
  /** Set on the first page: keys in the range, whatever the limit; undefined when the pages' own number is the answer. */
  readonly count: number | undefined;
}

/** What is read: a range from its start, or from where the page before ended. */
export interface RangeRequest {
  readonly operation: RangeOperation;
  readonly position: PagePosition | undefined;
  /** What the whole range counted last. */
  readonly known: KnownCount | undefined;
}

/** The number of keys of a range when the newest row had an id. */
export interface KnownCount {
  readonly atId: RowId;
  readonly count: number;
}

/** As many pages as one task of a reader is worth: each task is a way to the reader and back. */
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

/** A page of a range, bounded in rows and bytes; a sorted range is one page. `position` is undefined for the first. */
function* rangePage(
  { operation, position, known }: RangeRequest,
  { bytesMax, facts }: { readonly bytesMax: number; readonly facts: DatabaseFacts },
): Program<RangePages> {
  const head = yield* headProgram();
  const revision = position?.revision ?? (operation.revision > 0 ? operation.revision : head.revision);
  checkReadable(revision, head);
  const whole = nameInterval(operation.keys);
  const interval = position === undefined ? whole : { start: successor(position.afterName), end: whole.end };
  const point = yield* readPoint(revision, head.revision);
  const base = { head, readRevision: revision };
  const counted = () => countedAt(head, interval, point, known);
  if (operation.countOnly) return { ...base, blocks: [], next: undefined, more: false, count: yield* counted() };
  const countBefore = position?.countBefore ?? 0;
  const left = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit - countBefore;
  const window: RangeWindow =
    operation.sort === undefined
      ? { interval, point, rowsMax: Math.min(left + 1, facts.rangePage.rowsMax), bytesMax }
      : { interval, point, rowsMax: left + 1, bytesMax: undefined };
  const page = yield* pageRows(operation, window, { left, facts });
  const next = page.stopped ? { revision, afterName: page.lastName, countBefore: countBefore + page.count } : undefined;
  // The pages count themselves, unless something cuts them short.
  const filtered = operation.revisionFilter !== undefined;
  const asksForCount = position === undefined && (operation.limit !== 0 || filtered);
  const cut = page.more || page.stopped || filtered;
  const count = asksForCount ? (cut ? yield* counted() : page.count) : undefined;
  return { ...base, blocks: page.blocks, next, more: page.more, count };
}

/** Nothing was written since: the count is the same. */
function* countedAt(
  head: Head,
  interval: NameInterval,
  point: ReadPoint,
  known: KnownCount | undefined,
): Program<number> {
  if (known !== undefined && known.atId === head.id && point.source === 'current') return known.count;
  return yield* countRows(interval, point);
}

/**
 * Every key of a range inside a transaction, in one block; its revision was checked before. `latest` is the revision that the transaction's own
 * writes so far have: what names an older one does not see them.
 */
export function* rangeInTransaction(
  operation: RangeOperation,
  latest: Revision,
): Program<{ block: KeyValueBlock; more: boolean; count: number }> {
  const point = yield* readPoint(operation.revision > 0 ? operation.revision : latest, latest);
  const interval = nameInterval(operation.keys);
  const count = yield* countRows(interval, point);
  if (operation.countOnly) return { block: emptyBlock, more: false, count };
  const limit = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit;
  const found = yield* rangeRows(operation, { interval, point, rowsMax: limit + 1, bytesMax: undefined });
  return { block: encodedBlock(found.slice(0, limit)), more: found.length > limit, count };
}

interface PageRows {
  readonly blocks: readonly KeyValueBlock[];
  readonly count: number;
  /** There are more rows than the limit lets through. */
  readonly more: boolean;
  /** The page is full, and there may be more rows that the limit lets through. */
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
    const asked = query(CURRENT_PAGE, interval.start, interval.end, rowsMax, bytesMax);
    yield* eachRow(asked, (each) => page.add(each));
    return page.rows();
  }
  const found = yield* rangeRows(operation, window);
  for (const each of found) page.add(each);
  freeLarge(found.map(({ value }) => value));
  return page.rows();
}

/** Takes a page's rows in their order, each with its value unless only keys were asked for. */
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
    // The driver stops at the rows or at the bytes asked for, or because there are no more.
    const full = this.#found === rowsMax || this.#valueBytes >= bytesMax;
    const count = Math.min(this.#found, this.#left);
    return { blocks: this.#encoder.blocks(), count, more, stopped: full && !more, lastName: this.#lastName };
  }
}

/** The newest rows in the order of their names: their lengths first, then as many values as fit, in one piece. */
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

/** As many of these rows as fill a block, at least one. */
function* plainBlock(found: readonly Row[], bytesMax: number): Program<KeyValueBlock> {
  const blockBytesMax = Math.min(bytesMax, limits.rangeBlockBytesMax);
  let count = 0;
  let bytes = 0;
  while (count < found.length && bytes < blockBytesMax) bytes += lengthOf(found[count++] as Row);
  const taken = found.slice(0, count);
  const values = ((yield* row(CURRENT_VALUES, nameOf(taken[0] as Row), nameOf(taken.at(-1) as Row))) ??
    noBuffer) as Buffer;
  assert(values.length === bytes, 'the values in one piece are as long as each of them together');
  const block = { bytes: encodedWith(values, taken), count };
  freeWhole(values);
  return block;
}

const noBuffer = Buffer.alloc(0);
const writer = new KeyValueWriter();

/** Rows that have the length of their value in place of it, and all values one after the other. */
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
