/**
 * The rows of a range in an order other than by key. The database sorts by numbers without reading
 * values. Values are read afterwards, for the returned rows only. A sort by value happens here,
 * page by page, because a database sorts long values on disk: MariaDB reserves 2 MiB a row, and
 * 2,300 rows took more than 5 s.
 */

import { assert } from '../../errors.ts';
import type { Interval } from '../../kit/intervals.ts';
import { freeLarge } from '../../kit/memory.ts';
import { limits } from '../../limits.ts';
import { successor } from '../../sql/key-text.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import { VALUES_OF_IDS } from '../../sql/statements/range-statements.ts';
import { listQuery, type Program, rowsOf } from '../program.ts';

/**
 * The number of rows of the next page. The first pages are small, because the lengths of the values
 * are unknown; later pages have as many rows as fit into 4 MiB. MySQL reads each value to get its
 * length, so a page with more rows than are used costs more.
 */
class PageSize {
  #rowsMax = 32;
  #rows = 0;
  #bytes = 0;

  get rowsMax(): number {
    return this.#rowsMax;
  }

  /** Adapts the page size to the values read so far. */
  record(page: readonly KeyValueRow[]): void {
    this.#rows += page.length;
    this.#bytes += bytesOf(page);
    const fitting = Math.floor((limits.sortPageBytesMax * this.#rows) / Math.max(1, this.#bytes));
    this.#rowsMax = Math.max(1, Math.min(2 * this.#rowsMax, limits.sortPageRowsMax, fitting));
  }
}

function bytesOf(page: readonly KeyValueRow[]): number {
  return page.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}

/** Reads the values of rows, a few megabytes at a time. */
export function* withValues(found: readonly KeyValueRow[]): Program<readonly KeyValueRow[]> {
  const complete: KeyValueRow[] = [];
  const size = new PageSize();
  while (complete.length < found.length) {
    const piece = found.slice(complete.length, complete.length + size.rowsMax);
    const values = new Map(yield* valuesOf(piece.map(({ id }) => [id] as const)));
    assert(values.size === piece.length, 'a sorted row still exists when its value is read');
    const read = piece.map((row) => ({ ...row, value: values.get(row.id) ?? null }));
    size.record(read);
    complete.push(...read);
  }
  return complete;
}

function* valuesOf(ids: readonly (readonly [number])[]): Program<readonly (readonly [number, Uint8Array | null])[]> {
  return (yield* rowsOf(listQuery(VALUES_OF_IDS, ids))).map(({ id, value }) => [id, value]);
}

/** Reads rows of an interval with their values, in the order of their names, up to these bounds. */
export type ReadPage = (page: {
  readonly interval: Interval;
  readonly rowsMax: number;
  readonly bytesMax: number;
}) => Program<readonly KeyValueRow[]>;

/**
 * The first rows of an interval in the order of their values; rows with equal values in the order
 * of their names. Memory holds at most the returned rows and one page.
 */
export function* rowsByValue(
  readPage: ReadPage,
  {
    interval,
    rowsMax,
    descending,
  }: { readonly interval: Interval; readonly rowsMax: number; readonly descending: boolean },
): Program<readonly KeyValueRow[]> {
  const compare = descending ? (a: KeyValueRow, b: KeyValueRow) => byValue(b, a) || byName(a, b) : byValueAndName;
  let first: readonly KeyValueRow[] = [];
  let rest = interval;
  const size = new PageSize();
  for (;;) {
    const bounds = { interval: rest, rowsMax: size.rowsMax, bytesMax: limits.sortPageBytesMax };
    const page = yield* readPage(bounds);
    size.record(page);
    const last = isFull(page, bounds) ? page.at(-1) : undefined;
    first = Number.isFinite(rowsMax) ? firstOf(first, page, { rowsMax, compare }) : [...first, ...page];
    if (last === undefined) break;
    rest = { start: successor(last.name), end: interval.end };
  }
  return Number.isFinite(rowsMax) ? first : first.toSorted(compare);
}

type CompareRows = (a: KeyValueRow, b: KeyValueRow) => number;

/**
 * The first rows of the held rows and a page. Values kept from the page are copied, because a value
 * may share its buffer with the whole page.
 */
function firstOf(
  held: readonly KeyValueRow[],
  page: readonly KeyValueRow[],
  { rowsMax, compare }: { readonly rowsMax: number; readonly compare: CompareRows },
): readonly KeyValueRow[] {
  const worst = held.length < rowsMax ? undefined : held.at(-1);
  const fresh = new Set(worst === undefined ? page : page.filter((each) => compare(each, worst) < 0));
  const first = [...held, ...fresh].sort(compare).slice(0, rowsMax);
  const kept = first.map((each) =>
    fresh.has(each) ? { ...each, value: each.value && Buffer.from(each.value) } : each,
  );
  freeLarge(page.map(({ value }) => value));
  return kept;
}

/** Whether a page ended at one of its bounds. */
function isFull(
  page: readonly KeyValueRow[],
  { rowsMax, bytesMax }: { readonly rowsMax: number; readonly bytesMax: number },
) {
  return page.length === rowsMax || bytesOf(page) >= bytesMax;
}

const noBytes = new Uint8Array(0);

function byValue(a: KeyValueRow, b: KeyValueRow): number {
  return Buffer.compare(a.value ?? noBytes, b.value ?? noBytes);
}

function byName(a: KeyValueRow, b: KeyValueRow): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function byValueAndName(a: KeyValueRow, b: KeyValueRow): number {
  return byValue(a, b) || byName(a, b);
}
