/** Reads single keys at the latest revision. */
import type { KeyText } from '../../sql/key-text.ts';
import { type NewestRow, newestAfterHead, newestByName } from '../../sql/rows/newest-row.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import {
  HEAD,
  HEAD_AND_NEWEST_SMALL_ROWS,
  NEWEST_ROWS_WITHOUT_VALUE,
  NEWEST_SMALL_ROWS,
} from '../../sql/statements/read-statements.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import { headOf } from '../head.ts';
import { listQuery, type Program, query, rawRows } from '../program.ts';
import type { Head } from '../results.ts';
import { encodable, kvsTag } from './encode-row.ts';

export interface PointRead {
  readonly key: KeyText;
  readonly withValue: boolean;
}

export interface PointReads {
  readonly head: Head;
  /** The blocks of all keys, back to back. */
  readonly bytes: Uint8Array;
  /**
   * The end of each key's block in `bytes`. It equals the end before it if the key does not exist.
   */
  readonly ends: Uint32Array;
  /**
   * The indexes of the reads that are not answered, because their values are large and together
   * might not fit into memory. Each of these keys is read alone.
   */
  readonly large: readonly number[];
}

const writer = new KeyValueWriter();

/** Answers many point reads in one transaction. */
export function* pointReads(reads: readonly PointRead[], { answersLists }: DatabaseFacts): Program<PointReads> {
  const { head, withValue, withoutValue } = answersLists ? yield* readTogether(reads) : yield* readApart(reads);
  const ends = new Uint32Array(reads.length);
  const large: number[] = [];
  reads.forEach((read, index) => {
    const found = (read.withValue ? withValue : withoutValue).get(read.key);
    if (read.withValue && found?.isLarge) large.push(index);
    else if (found?.keyValue !== undefined) writer.field(kvsTag, pointKeyValue(found.keyValue, read));
    ends[index] = writer.length;
  });
  return { head, bytes: writer.take(), ends, large };
}

interface Found {
  readonly head: Head;
  readonly withValue: ReadonlyMap<string, NewestRow>;
  readonly withoutValue: ReadonlyMap<string, NewestRow>;
}

function* readApart(reads: readonly PointRead[]): Program<Found> {
  const [head, whole, bare] = yield [
    query(HEAD),
    listQuery(NEWEST_SMALL_ROWS, namesOf(reads, true)),
    listQuery(NEWEST_ROWS_WITHOUT_VALUE, namesOf(reads, false)),
  ];
  return { head: headOf(head), withValue: newestByName(whole), withoutValue: newestByName(bare) };
}

/**
 * One statement reads the head and all rows with values. Single keys are rarely read without their
 * values.
 */
function* readTogether(reads: readonly PointRead[]): Program<Found> {
  const names = [...new Set(reads.map(({ key }) => key))];
  const found = yield* rawRows(
    listQuery(
      HEAD_AND_NEWEST_SMALL_ROWS,
      names.map((name) => [name]),
    ),
  );
  const newest = newestAfterHead(found);
  return { head: headOf(found, HEAD_AND_NEWEST_SMALL_ROWS), withValue: newest, withoutValue: newest };
}

function namesOf(reads: readonly PointRead[], withValue: boolean): readonly [KeyText][] {
  const names = new Set<KeyText>();
  for (const read of reads) if (read.withValue === withValue) names.add(read.key);
  return [...names].map((name) => [name]);
}

/**
 * As in etcd 3.7, a read without values has no leases: etcd answers it from its index, which stores
 * no leases.
 */
function pointKeyValue(found: KeyValueRow, read: PointRead): EncodableKeyValue {
  const keyValue = encodable(found);
  return read.withValue ? keyValue : { ...keyValue, value: null, lease: null };
}
