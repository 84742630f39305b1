import type { Int, Message, Outcome } from '../parity/message.ts';
import * as errors from './model-errors.ts';
import {
  type Compare,
  checkDuplicates,
  checkRequest,
  type DeleteRange,
  type Put,
  type Range,
  type Txn,
} from './model-requests.ts';
import {
  isInRange,
  type KeyRange,
  keyRange,
  type Past,
  toBytes,
  toKeyValue,
  toNumber,
  toText,
  type Version,
} from './model-values.ts';
import { ModelWatchStream } from './model-watch.ts';

interface Lease {
  readonly grantedTtlSeconds: number;
  readonly keys: Set<string>;
}

const leaseTtlSecondsMax = 9_000_000_000;

/** etcd's minimum with its default election timeout: three halves of a second, rounded up. */
const leaseTtlSecondsMin = 2;

const noValue = Buffer.alloc(0);

/**
 * The replies of etcd 3.7, without disk, network or time: keys with all their versions, leases that
 * never expire, watchers that see each commit at once. Requests and replies have the shape of the
 * wire, so that the model can take the place of a server.
 */
export class Model implements Past {
  revision = 1;
  /** -1: nothing was compacted yet. A compaction of revision 0 is possible in etcd. */
  compactedRevision = -1;
  /**
   * Every write in order, tombstones included. No write is ever removed: reads below the compacted
   * revision are refused.
   */
  readonly history: Version[] = [];
  readonly #versions = new Map<string, Version[]>();
  readonly #leases = new Map<string, Lease>();
  readonly #watchStreams = new Set<ModelWatchStream>();

  range(request: Range): Outcome {
    const invalid = checkRequest({ request_range: request });
    if (invalid !== undefined) return invalid;
    const refused = this.#checkRevision(Math.max(0, toNumber(request.revision)));
    return refused ?? ok(this.#executeRange(request));
  }

  /** One chunk, whatever its size: the division into chunks is not compared. */
  rangeStream(request: Range): Outcome {
    const invalid = checkRequest({ request_range: request });
    if (invalid !== undefined) return invalid;
    if (!hasDefaultOrder(request)) return errors.streamSort;
    if (hasRevisionFilter(request)) return errors.streamFilter;
    const refused = this.#checkRevision(Math.max(0, toNumber(request.revision)));
    return refused ?? ok({ messages: [{ range_response: this.#executeRange(request) }] });
  }

  put(request: Put): Outcome {
    const refused = checkRequest({ request_put: request }) ?? this.#checkPut(request);
    return refused ?? ok(this.#commit((revision) => this.#executePut(request, revision)));
  }

  deleteRange(request: DeleteRange): Outcome {
    const invalid = checkRequest({ request_delete_range: request });
    return invalid ?? ok(this.#commit((revision) => this.#executeDelete(request, revision)));
  }

  txn(request: Txn): Outcome {
    const invalid = checkRequest({ request_txn: request }) ?? checkDuplicates(request);
    if (invalid !== undefined) return invalid;
    // All compares, nested ones too, see the store as it was before the transaction.
    const path = this.#comparePath(request);
    const refused = this.#checkTxn(request, [...path]);
    if (refused !== undefined) return refused;
    const reply = this.#commit((revision) => this.#executeTxn(request, [...path], revision));
    return ok({ ...reply, header: { revision: this.revision } });
  }

  compact(request: { readonly revision?: Int }): Outcome {
    const revision = toNumber(request.revision);
    if (revision <= this.compactedRevision) return errors.compacted;
    if (revision > this.revision) return errors.futureRevision;
    this.compactedRevision = revision;
    return ok({ header: this.#header() });
  }

  /** `chosenId`: the id that a server chooses when the request has none. */
  leaseGrant(request: { readonly ID?: Int; readonly TTL?: Int }, chosenId: string): Outcome {
    const id = isZero(request.ID) ? chosenId : String(request.ID);
    const ttlSeconds = toNumber(request.TTL);
    if (ttlSeconds > leaseTtlSecondsMax) return errors.leaseTtlTooLarge;
    if (this.#leases.has(id)) return errors.leaseExists;
    const grantedTtlSeconds = Math.max(ttlSeconds, leaseTtlSecondsMin);
    this.#leases.set(id, { grantedTtlSeconds, keys: new Set() });
    return ok({ header: this.#header(), ID: id, TTL: grantedTtlSeconds });
  }

  leaseRevoke(request: { readonly ID?: Int }): Outcome {
    const id = String(request.ID ?? 0);
    const lease = this.#leases.get(id);
    if (lease === undefined) return errors.leaseNotFound;
    this.#commit((revision) => {
      for (const key of [...lease.keys].sort()) this.#writeTombstone(key, revision);
      return {};
    });
    this.#leases.delete(id);
    return ok({ header: this.#header() });
  }

  leaseTimeToLive(request: { readonly ID?: Int; readonly keys?: boolean }): Outcome {
    const lease = this.#leases.get(String(request.ID ?? 0));
    if (lease === undefined) return ok({ header: this.#header(), ID: request.ID, TTL: -1 });
    const keys = request.keys === true ? [...lease.keys].sort().map(toBytes) : [];
    return ok({
      header: this.#header(),
      ID: request.ID,
      TTL: lease.grantedTtlSeconds,
      grantedTTL: lease.grantedTtlSeconds,
      keys,
    });
  }

  leaseLeases(): Outcome {
    return ok({ header: this.#header(), leases: [...this.#leases.keys()].map((id) => ({ ID: id })) });
  }

  leaseKeepAlive(request: { readonly ID?: Int }): Outcome {
    const lease = this.#leases.get(String(request.ID ?? 0));
    return ok({ messages: [{ header: this.#header(), ID: request.ID, TTL: lease?.grantedTtlSeconds ?? 0 }] });
  }

  watch(): ModelWatchStream {
    const stream = new ModelWatchStream(this, () => this.#watchStreams.delete(stream));
    this.#watchStreams.add(stream);
    return stream;
  }

  /** The key's state at a revision, or undefined where it does not exist then. */
  at(key: string, revision: number): Version | undefined {
    const last = this.#versions.get(key)?.findLast((version) => version.modRevision <= revision);
    return last?.isTombstone === true ? undefined : last;
  }

  #header(): Message {
    return { revision: this.revision };
  }

  /**
   * Runs writes at the next revision, which is used if something was written, and then notifies the
   * watchers.
   */
  #commit(write: (revision: number) => Message): Message {
    const firstNew = this.history.length;
    const reply = write(this.revision + 1);
    if (this.history.length > firstNew) {
      this.revision += 1;
      for (const stream of this.#watchStreams) stream.deliver(this.history.slice(firstNew));
    }
    return reply;
  }

  /**
   * The newest revision that a read inside a commit at `revision` sees: `revision` itself as soon
   * as something was written.
   */
  #seenIn(revision: number): number {
    return this.history.at(-1)?.modRevision === revision ? revision : revision - 1;
  }

  #checkRevision(revision: number): Outcome | undefined {
    if (revision === 0) return undefined;
    if (revision > this.revision) return errors.futureRevision;
    return revision < this.compactedRevision ? errors.compacted : undefined;
  }

  #checkPut(request: Put): Outcome | undefined {
    if (!isZero(request.lease) && !this.#leases.has(String(request.lease))) return errors.leaseNotFound;
    const needsPrevious = request.ignore_value === true || request.ignore_lease === true;
    return needsPrevious && this.at(toText(request.key), this.revision) === undefined ? errors.keyNotFound : undefined;
  }

  #checkTxn(request: Txn, path: boolean[]): Outcome | undefined {
    for (const op of (path.shift() ? request.success : request.failure) ?? []) {
      let refused: Outcome | undefined;
      if (op.request_range) refused = this.#checkRevision(toNumber(op.request_range.revision));
      if (op.request_put) refused = this.#checkPut(op.request_put);
      if (op.request_txn) refused = this.#checkTxn(op.request_txn, path);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /**
   * Whether the compares succeeded, for this transaction and then for each one in the chosen
   * branch, depth first.
   */
  #comparePath(request: Txn): boolean[] {
    const succeeded = (request.compare ?? []).every((compare) => this.#holds(compare));
    const ops = (succeeded ? request.success : request.failure) ?? [];
    return [succeeded, ...ops.flatMap((op) => (op.request_txn ? this.#comparePath(op.request_txn) : []))];
  }

  #holds(compare: Compare): boolean {
    const found = this.#select(keyRange(compare), this.revision);
    if (found.length > 0) return found.every((version) => compareHolds(compare, version));
    // A value that does not exist is neither equal nor unequal to any value.
    return compare.target === 3 ? false : compareHolds(compare, tombstone('', 0));
  }

  #executeRange(request: Range, seen = this.revision): Message {
    const revision = toNumber(request.revision);
    const found = this.#select(keyRange(request), revision > 0 ? revision : seen);
    const reply = { header: { revision: seen }, count: found.length };
    if (request.count_only === true) return reply;
    const limit = toNumber(request.limit);
    const limitsBeforeSorting = limit > 0 && hasDefaultOrder(request) && !hasRevisionFilter(request);
    const candidates = (limitsBeforeSorting ? found.slice(0, limit + 1) : found).filter((version) =>
      passes(request, version),
    );
    const sorted = sortVersions(request, candidates);
    const kept = limit > 0 ? sorted.slice(0, limit) : sorted;
    return {
      ...reply,
      more: sorted.length > kept.length,
      kvs: kept.map((version) => toRangeKeyValue(request, version)),
    };
  }

  #executePut(request: Put, revision: number): Message {
    const key = toText(request.key);
    const previous = this.at(key, revision);
    const ignoresLease = request.ignore_lease === true;
    this.#write({
      key,
      modRevision: revision,
      createRevision: previous?.createRevision ?? revision,
      version: (previous?.version ?? 0) + 1,
      value: (request.ignore_value === true ? previous?.value : request.value) ?? noValue,
      lease: (ignoresLease ? previous?.lease : String(request.lease ?? 0)) ?? '0',
      isTombstone: false,
    });
    const shownPrevious = request.prev_kv === true && previous !== undefined ? toKeyValue(previous) : undefined;
    return { header: { revision }, prev_kv: shownPrevious };
  }

  #executeDelete(request: DeleteRange, revision: number): Message {
    const found = this.#select(keyRange(request), this.#seenIn(revision));
    for (const version of found) this.#writeTombstone(version.key, revision);
    const prevKvs = request.prev_kv === true ? found.map(toKeyValue) : [];
    return { header: { revision: this.#seenIn(revision) }, deleted: found.length, prev_kvs: prevKvs };
  }

  #executeTxn(request: Txn, path: boolean[], revision: number): Message {
    const succeeded = path.shift() === true;
    const responses = ((succeeded ? request.success : request.failure) ?? []).map((op): Message => {
      if (op.request_range) {
        return {
          response: 'response_range',
          response_range: this.#executeRange(op.request_range, this.#seenIn(revision)),
        };
      }
      if (op.request_put) return { response: 'response_put', response_put: this.#executePut(op.request_put, revision) };
      if (op.request_delete_range) {
        return {
          response: 'response_delete_range',
          response_delete_range: this.#executeDelete(op.request_delete_range, revision),
        };
      }
      if (op.request_txn)
        return { response: 'response_txn', response_txn: this.#executeTxn(op.request_txn, path, revision) };
      throw new Error('checkRequest lets no empty operation through');
    });
    return { header: {}, succeeded, responses };
  }

  #select(range: KeyRange, revision: number): Version[] {
    const keys = [...this.#versions.keys()].filter((key) => isInRange(range, key)).sort();
    return keys.map((key) => this.at(key, revision)).filter((version) => version !== undefined);
  }

  #writeTombstone(key: string, revision: number): void {
    this.#write(tombstone(key, revision));
  }

  #write(version: Version): void {
    const versions = this.#versions.get(version.key) ?? [];
    this.#leases.get(versions.at(-1)?.lease ?? '0')?.keys.delete(version.key);
    this.#leases.get(version.lease)?.keys.add(version.key);
    this.#versions.set(version.key, [...versions, version]);
    this.history.push(version);
  }
}

/**
 * etcd answers keys_only from its index, which has no leases, unless it needs the values for
 * sorting.
 */
function toRangeKeyValue(request: Range, version: Version): Message {
  const shown = toKeyValue(version);
  if (request.keys_only !== true) return shown;
  return { ...shown, value: noValue, lease: request.sort_target === 4 ? version.lease : '0' };
}

function isZero(value: Int | undefined): boolean {
  return toNumber(value) === 0;
}

function ok(reply: Message): Outcome {
  return { code: 0, reply };
}

function tombstone(key: string, revision: number): Version {
  return { key, modRevision: revision, createRevision: 0, version: 0, value: noValue, lease: '0', isTombstone: true };
}

/**
 * Whether the order is by key. That is the default, and also the case for the limit when another
 * target has no order: etcd limits first.
 */
function hasDefaultOrder(request: Range): boolean {
  const order = request.sort_order ?? 0;
  return order === 0 || ((request.sort_target ?? 0) === 0 && order === 1);
}

function hasRevisionFilter(request: Range): boolean {
  const bounds = [
    request.min_mod_revision,
    request.max_mod_revision,
    request.min_create_revision,
    request.max_create_revision,
  ];
  return bounds.some((bound) => !isZero(bound));
}

function passes(request: Range, version: Version): boolean {
  const isWithin = (value: number, lowest: Int | undefined, highest: Int | undefined) =>
    (isZero(lowest) || value >= toNumber(lowest)) && (isZero(highest) || value <= toNumber(highest));
  return (
    isWithin(version.modRevision, request.min_mod_revision, request.max_mod_revision) &&
    isWithin(version.createRevision, request.min_create_revision, request.max_create_revision)
  );
}

/**
 * Array.sort is stable. etcd's sort is stable for a dozen rows; the comparison of replies handles
 * longer lists.
 */
function sortVersions(request: Range, versions: readonly Version[]): Version[] {
  const direction = request.sort_order === 2 ? -1 : 1;
  return [...versions].sort((left, right) => direction * orderBy(request.sort_target ?? 0, left, right));
}

function orderBy(target: number, left: Version, right: Version): number {
  switch (target) {
    case 1:
      return left.version - right.version;
    case 2:
      return left.createRevision - right.createRevision;
    case 3:
      return left.modRevision - right.modRevision;
    case 4:
      return Buffer.compare(left.value, right.value);
    default:
      return left.key < right.key ? -1 : 1;
  }
}

function compareHolds(compare: Compare, version: Version): boolean {
  const order = compareOrder(compare, version);
  switch (compare.result ?? 0) {
    case 0:
      return order === 0;
    case 1:
      return order > 0;
    case 2:
      return order < 0;
    case 3:
      return order !== 0;
    default:
      return true;
  }
}

/**
 * A union of another kind than the target counts as zero. A target that etcd does not define counts
 * as equal.
 */
function compareOrder(compare: Compare, version: Version): number {
  switch (compare.target ?? 0) {
    case 0:
      return version.version - toNumber(compare.version);
    case 1:
      return version.createRevision - toNumber(compare.create_revision);
    case 2:
      return version.modRevision - toNumber(compare.mod_revision);
    case 3:
      return Buffer.compare(version.value, compare.value ?? noValue);
    case 4:
      return version.lease === String(compare.lease ?? 0) ? 0 : toNumber(version.lease) - toNumber(compare.lease);
    default:
      return 0;
  }
}
