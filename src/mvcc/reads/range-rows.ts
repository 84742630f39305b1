/** The rows of a range, sorted and filtered as asked, and their number. */
import { assert, unreachable } from '../../errors.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import type { Parameter } from '../../sql/statement.ts';
import { countStatement, rangeStatement } from '../../sql/statements/range-statements.ts';
import type { RangeOperation, SortTarget } from '../operations.ts';
import { type Program, query, row, rows, rowsOf } from '../program.ts';
import type { NameInterval, ReadPoint } from './read-point.ts';
import { rowsByValue, withValues } from './sorted-rows.ts';

/** What of a range is read: which names, where in the log, how many rows, and after how many bytes of values the driver may stop. */
export interface RangeWindow {
  readonly interval: NameInterval;
  readonly point: ReadPoint;
  /** Infinity: all. */
  readonly rowsMax: number;
  /** Undefined: all. */
  readonly bytesMax: number | undefined;
}

type Sort = NonNullable<RangeOperation['sort']>;

/** The rows of a window, each with its value unless only keys are asked for. */
export function* rangeRows(operation: RangeOperation, window: RangeWindow): Program<readonly KeyValueRow[]> {
  const { sort } = operation;
  const found =
    sort === undefined || sort.withinLimit
      ? yield* rowsByName(operation, window)
      : yield* rowsBy(sort, operation, window);
  if (!operation.keysOnly) return found;
  // etcd 3.7 answers keys from its index, which knows no leases, unless it had to look at the values to sort them.
  return found.map((each) => ({ ...each, value: null, lease: sort?.target === 'value' ? each.lease : null }));
}

/** Sorted before the limit cuts. */
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

/** In the order of names, or sorted after the limit has cut. */
function* rowsByName(operation: RangeOperation, window: RangeWindow): Program<readonly KeyValueRow[]> {
  const { sort, keysOnly } = operation;
  const statement = rangeStatement({
    source: window.point.source,
    withValue: !keysOnly || sort?.target === 'value',
    sort: undefined,
    filtered: operation.revisionFilter !== undefined,
    bounded: window.bytesMax !== undefined,
  });
  const asked = query(statement, ...rangeParameters(operation, window));
  const { bytesMax } = window;
  const found = yield* rowsOf(bytesMax === undefined ? asked : { ...asked, bytesMax });
  assertInOrder(found);
  return sort === undefined ? found : sortedBy(found, sort.target);
}

function assertInOrder(found: readonly KeyValueRow[]): void {
  let before = '';
  for (const { name } of found) {
    assert(before < name, 'a range comes in the order of its keys');
    before = name;
  }
}

/** How many keys an interval has. */
export function* countRows(interval: NameInterval, point: ReadPoint): Program<number> {
  return (yield* row(countStatement(point.source), ...intervalParameters(interval, point))) ?? 0;
}

function intervalParameters(interval: NameInterval, point: ReadPoint): Parameter[] {
  return point.source === 'current' ? [interval.start, interval.end] : [interval.start, interval.end, point.throughId];
}

function rangeParameters(operation: RangeOperation, { interval, point, rowsMax }: RangeWindow): readonly Parameter[] {
  const parameters = intervalParameters(interval, point);
  const filter = operation.revisionFilter;
  if (filter !== undefined) {
    for (const bound of [filter.maxMod, filter.minMod, filter.maxCreate, filter.minCreate])
      parameters.push(bound, bound);
  }
  parameters.push(Math.min(rowsMax, Number.MAX_SAFE_INTEGER));
  return parameters;
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
