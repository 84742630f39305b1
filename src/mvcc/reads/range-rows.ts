/** Reads the rows of a range, sorted and filtered as requested, and counts them. */

import { assert, unreachable } from '../../errors.ts';
import type { Interval } from '../../kit/intervals.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import type { Parameter } from '../../sql/statement.ts';
import { countStatement, rangeStatement } from '../../sql/statements/range-statements.ts';
import type { RangeOperation, SortTarget } from '../operations.ts';
import { type Program, query, row, rows, rowsOf } from '../program.ts';
import type { ReadPoint } from './read-point.ts';
import { rowsByValue, withValues } from './sorted-rows.ts';

/**
 * The part of a range to read: the names, the point in the log, the number of rows, and the bytes
 * of values after which the driver may stop.
 */
export interface RangeWindow {
  readonly interval: Interval;
  readonly point: ReadPoint;
  /** Infinity: all. */
  readonly rowsMax: number;
  /** Undefined: all. */
  readonly bytesMax: number | undefined;
}

type Sort = NonNullable<RangeOperation['sort']>;

/** The rows of a window, each with its value unless only keys are requested. */
export function* rangeRows(operation: RangeOperation, window: RangeWindow): Program<readonly KeyValueRow[]> {
  const { sort } = operation;
  const found =
    sort === undefined || sort.withinLimit
      ? yield* rowsByName(operation, window)
      : yield* rowsBy(sort, operation, window);
  if (!operation.keysOnly) return found;
  // As in etcd 3.7, keys without values have no leases: etcd answers them from its index, which
  // stores no leases, unless it reads the values to sort by them.
  return found.map((each) => ({ ...each, value: null, lease: sort?.target === 'value' ? each.lease : null }));
}

/** The rows of a sorted range: the limit applies after the sort. */
function* rowsBy(sort: Sort, operation: RangeOperation, window: RangeWindow): Program<readonly KeyValueRow[]> {
  if (sort.target === 'value') {
    const unsorted = { ...operation, sort: undefined, keysOnly: false };
    const { interval, rowsMax } = window;
    return yield* rowsByValue((page) => rowsByName(unsorted, { ...window, ...page }), {
      interval,
      rowsMax,
      descending: sort.descending,
    });
  }
  const statement = rangeStatement({
    source: window.point.source,
    withValue: false,
    sort: { target: sort.target, descending: sort.descending },
    filtered: operation.revisionFilter !== undefined,
    bounded: false,
  });
  const found = yield* rows(statement, ...rangeParameters(operation, window));
  return operation.keysOnly ? found : yield* withValues(found);
}

/** Rows in the order of names, or sorted after the limit was applied. */
function* rowsByName(operation: RangeOperation, window: RangeWindow): Program<readonly KeyValueRow[]> {
  const { sort, keysOnly } = operation;
  const statement = rangeStatement({
    source: window.point.source,
    withValue: !keysOnly || sort?.target === 'value',
    sort: undefined,
    filtered: operation.revisionFilter !== undefined,
    bounded: window.bytesMax !== undefined,
  });
  const rowsQuery = query(statement, ...rangeParameters(operation, window));
  const { bytesMax } = window;
  const found = yield* rowsOf(bytesMax === undefined ? rowsQuery : { ...rowsQuery, bytesMax });
  assertInOrder(found);
  return sort === undefined ? found : sortedBy(found, sort.target);
}

function assertInOrder(found: readonly KeyValueRow[]): void {
  let before = '';
  for (const { name } of found) {
    assert(before < name, 'the rows of a range are in the order of their keys');
    before = name;
  }
}

/** The number of keys in an interval. */
export function* countRows(interval: Interval, point: ReadPoint): Program<number> {
  return (yield* row(countStatement(point.source), ...intervalParameters(interval, point))) ?? 0;
}

function intervalParameters(interval: Interval, point: ReadPoint): Parameter[] {
  return point.source === 'current' ? [interval.start, interval.end] : [interval.start, interval.end, point.throughId];
}

function rangeParameters(operation: RangeOperation, { interval, point, rowsMax }: RangeWindow): readonly Parameter[] {
  const parameters = intervalParameters(interval, point);
  const filter = operation.revisionFilter;
  if (filter !== undefined) {
    for (const bound of [filter.maxMod, filter.minMod, filter.maxCreate, filter.minCreate].map(asSafeInteger))
      parameters.push(bound, bound);
  }
  parameters.push(asSafeInteger(rowsMax));
  return parameters;
}

/**
 * The nearest number that is exact. No revision and no count is beyond it. A client's largest
 * 64-bit number becomes 2^63 in JavaScript, which Postgres refuses.
 */
function asSafeInteger(number: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER));
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
