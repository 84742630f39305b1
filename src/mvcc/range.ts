/** Reads of keys: one key, a page of many, their count. */
import { assert, unreachable } from '../errors.ts';
import { limits } from '../limits.ts';
import { CURRENT_LENGTHS, CURRENT_VALUES, endOfKeys, COUNT_CURRENT, COUNT_HISTORY, CURRENT_ROW, CURRENT_ROW_WITHOUT_VALUE, rangeStatement } from '../sql/read-statements.ts';
import { keyBytes, type KeyText } from '../sql/key-text.ts';
import { type KeyValueRow, keyValueRow, numberAt } from '../sql/row.ts';
import type { Parameter, Row } from '../sql/statement.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../wire/key-value-writer.ts';
import { checkReadable, headProgram, idThroughRevision } from './head.ts';
import type { Keys, RangeOperation, Revision, RowId, SortTarget } from './operations.ts';
import { type Program, row, rows } from './program.ts';
import type { Head, KeyValueBlock } from './results.ts';

/** The field number 2 of RangeResponse, as a tag. */
const kvsTag = 0x12;

const writer = new KeyValueWriter();

/** What a page begins with: nothing at first, afterwards where the page before ended and at which revision. */
export interface PagePosition {
  readonly revision: Revision;
  readonly afterName: string;
  /** Keys in earlier pages. */
  readonly countBefore: number;
}

export interface RangePage {
  readonly head: Head;
  /** The revision the page shows. */
  readonly readRevision: Revision;
  readonly block: KeyValueBlock;
  /** Undefined on the last page. */
  readonly next: PagePosition | undefined;
  readonly more: boolean;
  /** Set on the first page: keys in the range, whatever the limit; undefined when the pages' own number is the answer. */
  readonly count: number | undefined;
}

/** A point read: one key at the latest revision. */
export interface PointRead {
  readonly key: KeyText;
  readonly withValue: boolean;
}

export interface PointReads {
  readonly head: Head;
  /** The blocks of all keys, back to back. */
  readonly bytes: Uint8Array;
  /** Where the block of each key ends in `bytes`; equal to the one before it when the key is not there. */
  readonly ends: Uint32Array;
}

/** Answers many point reads from one snapshot. */
export function* pointReads(reads: readonly PointRead[]): Program<PointReads> {
  const head = yield* headProgram();
  const ends = new Uint32Array(reads.length);
  let index = 0;
  for (const read of reads) {
    const found = yield* row(read.withValue ? CURRENT_ROW : CURRENT_ROW_WITHOUT_VALUE, read.key);
    if (found !== undefined) writer.field(kvsTag, pointKeyValue(found, read));
    ends[index++] = writer.length;
  }
  return { head, bytes: writer.take(), ends };
}

/** etcd 3.7 answers keys without values from its index, which knows no leases. */
function pointKeyValue(found: Row, read: PointRead): EncodableKeyValue {
  const keyValue = encodable(keyValueRow(found));
  return read.withValue ? keyValue : { ...keyValue, lease: null };
}

/** A page of a range: bounded in bytes, at the revision the first page was read at. */
export function* rangePage(
  operation: RangeOperation,
  position: PagePosition | undefined,
  bytesMax: number,
): Program<RangePage> {
  const head = yield* headProgram();
  const revision = position?.revision ?? (operation.revision > 0 ? operation.revision : head.revision);
  checkReadable(revision, head);
  const throughId = revision === head.revision ? undefined : yield* idThroughRevision(revision);
  const interval = bounds(operation.keys, position);
  if (operation.countOnly) {
    const count = yield* countProgram(interval, throughId);
    return { head, readRevision: revision, block: emptyBlock, next: undefined, more: false, count };
  }
  const countBefore = position?.countBefore ?? 0;
  const left = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit - countBefore;
  const pageable = operation.sort === undefined;
  const rowsMax = pageable ? Math.min(left + 1, limits.rangePageRowsMax) : left + 1;
  const page =
    pageable && throughId === undefined && !operation.keysOnly && operation.revisionFilter === undefined
      ? yield* plainPage(interval, rowsMax, left, bytesMax)
      : yield* anyPage(operation, interval, throughId, rowsMax, left, pageable ? bytesMax : undefined);
  const { block, more, lastName } = page;
  const stopped = pageable && page.stopped && !more;
  const next = stopped ? { revision, afterName: lastName, countBefore: countBefore + block.count } : undefined;
  const count = yield* totalCount(operation, position, interval, throughId, more || stopped, block.count);
  return { head, readRevision: revision, block, next, more, count };
}

interface PageRows {
  readonly block: KeyValueBlock;
  /** There are more rows than the limit lets through. */
  readonly more: boolean;
  /** There may be more rows than the page holds. */
  readonly stopped: boolean;
  readonly lastName: string;
}

/** The newest rows in the order of their names: their lengths first, then as many values as fit, in one piece. */
function* plainPage(interval: NameInterval, rowsMax: number, left: number, bytesMax: number): Program<PageRows> {
  const found = yield* rows(CURRENT_LENGTHS, interval.start, interval.end, rowsMax);
  let count = 0;
  let bytes = 0;
  while (count < Math.min(found.length, left) && bytes < bytesMax) bytes += numberAt(found[count++] as Row, lengthColumn);
  if (count === 0) return { block: emptyBlock, more: found.length > 0, stopped: false, lastName: '' };
  const lastName = (found[count - 1] as Row)[0] as string;
  const values = (yield* row(CURRENT_VALUES, interval.start, lastName))?.[0] as Buffer | null;
  const block = { bytes: encodedWith(values ?? noBuffer, found, count, bytes), count };
  const more = found.length > count && count === left;
  return { block, more, stopped: !more && (found.length > count || found.length === rowsMax), lastName };
}

const lengthColumn = 6;
const noBuffer = Buffer.alloc(0);

function encodedWith(values: Buffer, found: readonly Row[], count: number, bytes: number): Uint8Array {
  assert(values.length === bytes, 'the values in one piece are as long as each of them together');
  writer.reserve(bytes + count * limits.rangeRowOverheadBytes);
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const each = found[index] as Row;
    const end = start + (each[lengthColumn] as number);
    writer.field(kvsTag, encodable(keyValueRow(each)), { bytes: values, start, end });
    start = end;
  }
  return writer.take();
}

/** Rows of any kind, each with its value. */
function* anyPage(
  operation: RangeOperation,
  interval: NameInterval,
  throughId: RowId | undefined,
  rowsMax: number,
  left: number,
  bytesMax: number | undefined,
): Program<PageRows> {
  const found = yield* rangeRows(operation, interval, throughId, rowsMax, bytesMax);
  const taken = found.slice(0, left);
  return {
    block: encodedBlock(taken),
    more: found.length > left,
    // The driver stops at the rows or at the bytes asked for, or because there are no more.
    stopped: found.length === rowsMax || (bytesMax !== undefined && valueBytes(found) >= bytesMax),
    lastName: taken.at(-1)?.name ?? '',
  };
}

/**
 * Every key of a range inside a transaction, in one block; its revision was checked before. `revision` is the one that the transaction's own writes so
 * far have: what names an older one does not see them.
 */
export function* rangeInTransaction(
  operation: RangeOperation,
  revision: Revision,
): Program<{ block: KeyValueBlock; more: boolean; count: number }> {
  const throughId =
    operation.revision <= 0 || operation.revision === revision
      ? undefined
      : yield* idThroughRevision(operation.revision);
  const interval = bounds(operation.keys, undefined);
  const count = yield* countProgram(interval, throughId);
  if (operation.countOnly) return { block: emptyBlock, more: false, count };
  const limit = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit;
  const found = yield* rangeRows(operation, interval, throughId, limit + 1, undefined);
  return { block: encodedBlock(found.slice(0, limit)), more: found.length > limit, count };
}

/** The rows of a range, at most `rowsMax`, sorted and filtered as asked. */
function* rangeRows(
  operation: RangeOperation,
  interval: NameInterval,
  throughId: RowId | undefined,
  rowsMax: number,
  bytesMax: number | undefined,
): Program<readonly KeyValueRow[]> {
  const sort = operation.sort;
  const sortHere = sort?.withinLimit === true;
  const statement = rangeStatement({
    source: throughId === undefined ? 'current' : 'history',
    withValue: !operation.keysOnly || (sortHere && sort.target === 'value'),
    sort: sortHere ? undefined : sort,
    filtered: operation.revisionFilter !== undefined,
  });
  const parameters = rangeParameters(operation, interval, throughId, rowsMax);
  const found = (yield { statement, parameters, ...(bytesMax === undefined ? {} : { bytesMax }) }).map((each) => keyValueRow(each));
  const sorted = sortHere ? sortedBy(found, sort.target) : found;
  if (!operation.keysOnly) return sorted;
  // etcd 3.7 answers keys from its index, which knows no leases, unless it had to look at the values to sort them.
  return sorted.map((each) => ({ ...each, value: null, lease: sort?.target === 'value' ? each.lease : null }));
}

/** How many keys there are in all; undefined when it is the number of those in the pages. */
function* totalCount(
  operation: RangeOperation,
  position: PagePosition | undefined,
  interval: NameInterval,
  throughId: RowId | undefined,
  cut: boolean,
  taken: number,
): Program<number | undefined> {
  const filtered = operation.revisionFilter !== undefined;
  if (position !== undefined || (operation.limit === 0 && !filtered)) return undefined;
  return cut || filtered ? yield* countProgram(interval, throughId) : taken;
}

function encodedBlock(keyValues: readonly KeyValueRow[]): KeyValueBlock {
  for (const keyValue of keyValues) writer.field(kvsTag, encodable(keyValue));
  return { bytes: writer.take(), count: keyValues.length };
}

function valueBytes(keyValues: readonly KeyValueRow[]): number {
  let bytes = 0;
  for (const { value } of keyValues) bytes += value?.length ?? 0;
  return bytes;
}

const noBytes = new Uint8Array(0);

function sortedBy(keyValues: readonly KeyValueRow[], target: SortTarget): readonly KeyValueRow[] {
  switch (target) {
    case 'key':
      return keyValues;
    case 'version':
      return keyValues.toSorted((a, b) => a.version - b.version);
    case 'create':
      return keyValues.toSorted((a, b) => a.createRevision - b.createRevision);
    case 'mod':
      return keyValues.toSorted((a, b) => a.modRevision - b.modRevision);
    case 'value':
      return keyValues.toSorted((a, b) => Buffer.compare(a.value ?? noBytes, b.value ?? noBytes));
    default:
      return unreachable(target);
  }
}

/** A row as the message that is sent. */
export function encodable(keyValue: KeyValueRow): EncodableKeyValue {
  return {
    key: clientsKey(keyValue.name),
    createRevision: keyValue.createRevision,
    modRevision: keyValue.modRevision,
    version: keyValue.version,
    value: keyValue.value,
    lease: keyValue.lease,
  };
}

const escapes = /[^\u0002-\u007e]/;

function clientsKey(name: string): Uint8Array | string {
  return escapes.test(name) ? keyBytes(name) : name;
}

const emptyBlock: KeyValueBlock = { bytes: new Uint8Array(0), count: 0 };

/** The names a read covers, from `start` on and before `end`. A single key is the interval up to its successor. */
interface NameInterval {
  readonly start: string;
  readonly end: string;
}

function bounds(keys: Keys, position: PagePosition | undefined): NameInterval {
  const start = 'one' in keys ? keys.one : keys.start;
  const end = 'one' in keys ? successor(keys.one) : (keys.end ?? endOfKeys);
  return { start: position === undefined ? start : successor(position.afterName), end };
}

/** The next text after one: no text lies between. */
function successor(name: string): string {
  return `${name}\u0000`;
}

function* countProgram(interval: NameInterval, throughId: RowId | undefined): Program<number> {
  const found =
    throughId === undefined
      ? yield* row(COUNT_CURRENT, interval.start, interval.end)
      : yield* row(COUNT_HISTORY, throughId, interval.start, interval.end);
  return found === undefined ? 0 : numberAt(found, 0);
}

function rangeParameters(
  operation: RangeOperation,
  interval: NameInterval,
  throughId: RowId | undefined,
  rowsMax: number,
): readonly Parameter[] {
  const parameters: Parameter[] = throughId === undefined ? [] : [throughId];
  parameters.push(interval.start, interval.end);
  const filter = operation.revisionFilter;
  if (filter !== undefined) {
    for (const bound of [filter.maxMod, filter.minMod, filter.maxCreate, filter.minCreate]) parameters.push(bound, bound);
  }
  parameters.push(Number.isFinite(rowsMax) ? Math.min(rowsMax, Number.MAX_SAFE_INTEGER) : -1);
  return parameters;
}
