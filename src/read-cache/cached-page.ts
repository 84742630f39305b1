/** Builds a page of a range from the cache, equal to the page that the database would return. */
import type { Interval } from '../kit/intervals.ts';
import { intervalOf, type Revision } from '../mvcc/ids.ts';
import type { RangeOperation } from '../mvcc/operations.ts';
import type { PagePosition, RangePages } from '../mvcc/reads/range-page.ts';
import type { KeyValueBlock } from '../mvcc/results.ts';
import { successor } from '../sql/key-text.ts';
import { cacheLimits } from './cache-limits.ts';
import type { CachedRun } from './cached-run.ts';
import { indexFrom, type RunContent, startOf } from './run-content.ts';

/** The source of a page. All of it is at one revision. */
export interface PageSource {
  readonly revision: Revision;
  /** The runs of an interval from its start on. Ends at the first gap. */
  contiguousRuns(interval: Interval): Iterable<CachedRun>;
  /** The key-values of a run. Marks the run as used. */
  contentOf(run: CachedRun): RunContent;
  /** The number of keys of an interval; undefined: unknown. */
  count(interval: Interval): number | undefined;
}

export type CachedPage = Omit<RangePages, 'head' | 'readRevision'>;

/** Whether the cache can answer a range: key-values in the order of their keys, or their number. */
export function isCacheable({ keys, sort, revisionFilter, keysOnly, countOnly }: RangeOperation): boolean {
  if ('one' in keys || sort !== undefined || revisionFilter !== undefined) return false;
  return countOnly || !keysOnly;
}

/** Undefined: a part of the page is not in the cache, or the cache is at another revision. */
export function cachedPage(
  { operation, position }: { readonly operation: RangeOperation; readonly position: PagePosition | undefined },
  source: PageSource,
): CachedPage | undefined {
  const revision = position?.revision ?? operation.revision;
  if (revision > 0 && revision !== source.revision) return undefined;
  const whole = intervalOf(operation.keys);
  if (operation.countOnly) {
    const count = source.count(whole);
    return count === undefined ? undefined : { blocks: [], next: undefined, more: false, count };
  }
  const interval = position === undefined ? whole : { start: successor(position.afterName), end: whole.end };
  const countBefore = position?.countBefore ?? 0;
  const left = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit - countBefore;
  const page = takeFrom(interval, left, source);
  if (page === undefined) return undefined;
  const { blocks, endsAt } = page;
  const countThrough = countBefore + page.count;
  const next =
    endsAt === 'full page'
      ? { revision: source.revision, afterName: page.lastName, countBefore: countThrough }
      : undefined;
  if (operation.limit === 0) return { blocks, next, more: false, count: undefined };
  const count = endsAt === 'end' ? countThrough : source.count(whole);
  if (count === undefined) return undefined;
  return {
    blocks,
    next,
    more: endsAt === 'limit' && count > countThrough,
    count: position === undefined ? count : undefined,
  };
}

interface Taken {
  readonly blocks: readonly KeyValueBlock[];
  readonly count: number;
  readonly endsAt: 'end' | 'limit' | 'full page';
  readonly lastName: string;
}

/** Undefined: a part is missing. */
function takeFrom(interval: Interval, left: number, source: PageSource): Taken | undefined {
  const blocks: KeyValueBlock[] = [];
  let count = 0;
  let bytes = 0;
  let lastName = '';
  let reached = interval.start;
  for (const run of source.contiguousRuns(interval)) {
    if (bytes >= cacheLimits.pageBytesMax) return { blocks, count, endsAt: 'full page', lastName };
    const content = source.contentOf(run);
    const { from, to } = indexesIn(run, content, interval);
    const end = Math.min(to, from + left - count);
    if (end > from) {
      const block = content.bytes.subarray(startOf(content, from), content.ends[end - 1]);
      blocks.push({ bytes: block, count: end - from });
      count += end - from;
      bytes += block.length;
      lastName = content.names[end - 1] as string;
    }
    if (count === left) return { blocks, count, endsAt: 'limit', lastName };
    reached = run.end;
  }
  return reached < interval.end ? undefined : { blocks, count, endsAt: 'end', lastName };
}

/** Counts the keys of an interval; undefined: a part of the interval is missing. */
export function countKeys(
  interval: Interval,
  source: Pick<PageSource, 'contiguousRuns' | 'contentOf'>,
): number | undefined {
  let count = 0;
  let reached = interval.start;
  for (const run of source.contiguousRuns(interval)) {
    if (run.start >= interval.start && run.end <= interval.end) {
      count += run.count;
    } else {
      const { from, to } = indexesIn(run, source.contentOf(run), interval);
      count += to - from;
    }
    reached = run.end;
  }
  return reached < interval.end ? undefined : count;
}

/** The indexes of the key-values of a run that are in an interval. */
function indexesIn(run: CachedRun, { names }: RunContent, { start, end }: Interval): { from: number; to: number } {
  return {
    from: run.start < start ? indexFrom(names, start) : 0,
    to: run.end > end ? indexFrom(names, end) : names.length,
  };
}
