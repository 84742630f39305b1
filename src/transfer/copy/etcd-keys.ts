/** Reads all keys of an etcd at one revision, in pages in key order. */
import type { KeyValue } from '../../wire/generated/mvccpb/kv.ts';
import { ErrorWithoutCode, type EtcdClient } from './etcd-client.ts';

/** An interval of keys as a request names it. `end` is exclusive. */
export interface Interval {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

export interface EtcdKeys {
  readonly client: EtcdClient;
  readonly revision: number;
  /** Intervals that together contain all keys that the server returns. */
  readonly intervals: readonly Interval[];
  /**
   * Whether the server is a kine: its leases are TTLs in seconds, and it does not report versions.
   */
  readonly isKine: boolean;
  readonly count: number;
}

const key = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const everything: Interval = { start: key('\0'), end: key('\0') };

/** kine lists and watches keys under a slash, and returns the API server's own key on request. */
const underSlash: Interval = { start: key('/'), end: key('0') };
const kinesOwn: Interval = { start: key('compact_rev_key'), end: new Uint8Array(0) };

/** All keys that the server returns, or only keys whose writes it also shows to a watch. */
export type KeyScope = 'all' | 'watched';

/** Where to read. `revision` undefined: the newest one. */
export interface KeysWanted {
  readonly revision?: number | undefined;
  readonly scope: KeyScope;
}

/** Finds the intervals, the revision and the number of keys. */
export async function findKeys(client: EtcdClient, { revision, scope }: KeysWanted): Promise<EtcdKeys> {
  const at = revision ?? 0;
  const firstKey = { limit: 1, keysOnly: true, revision: at };
  const root = await client.range({ ...firstKey, key: key('/'), rangeEnd: key('0') });
  const newest = revision ?? root.header?.revision ?? 0;
  // kine treats every interval as a prefix. For this one it counts no keys, or its database refuses
  // the zero byte. Any other error may come from an etcd: an outage, a compaction, or a user that
  // may not read all keys.
  const all = await client
    .range({ ...firstKey, key: everything.start, rangeEnd: everything.end, revision: newest })
    .catch((error: unknown) => {
      if (root.count === 0 || !(error instanceof ErrorWithoutCode)) throw error;
      return undefined;
    });
  const isKine = all === undefined || all.count < root.count;
  return {
    client,
    revision: newest,
    intervals: isKine ? kinesIntervals[scope] : [everything],
    isKine,
    count: isKine ? root.count : all.count,
  };
}

const kinesIntervals: Readonly<Record<KeyScope, readonly Interval[]>> = {
  all: [underSlash, kinesOwn],
  watched: [underSlash],
};

/**
 * Keys of a page. The first page is small, later ones are sized by the bytes of the page before.
 */
const pageKeysMax = 1000;
const firstPageKeys = 50;
const pageBytes = 1024 * 1024;

/** Pages of keys after a key, or from the first one on. */
export async function* pagesOf(
  { client, revision, intervals }: EtcdKeys,
  after: Uint8Array | undefined,
): AsyncGenerator<readonly KeyValue[]> {
  let limit = firstPageKeys;
  for (const { start, end } of intervals) {
    if (after !== undefined && end.length > 0 && end[0] !== 0 && Buffer.compare(after, end) >= 0) continue;
    let from = after !== undefined && Buffer.compare(after, start) >= 0 ? next(after) : start;
    // The single key of an interval without an end was read already.
    if (end.length === 0 && from !== start) continue;
    for (;;) {
      // kine accepts no limit for a single key.
      const { kvs, more } = await client.range({
        key: from,
        rangeEnd: end,
        revision,
        limit: end.length === 0 ? 0 : limit,
      });
      const last = kvs.at(-1);
      if (last === undefined) break;
      yield kvs;
      if (!more) break;
      from = next(last.key);
      const bytes = kvs.reduce((sum, { value }) => sum + value.length, 0);
      limit = Math.max(1, Math.min(pageKeysMax, Math.floor((pageBytes * kvs.length) / Math.max(1, bytes))));
    }
  }
}

/** The smallest key after a key. */
function next(last: Uint8Array): Uint8Array {
  return Buffer.concat([last, Buffer.of(0)]);
}
