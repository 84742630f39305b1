/**
 * A running etcd as the target. Its revisions cannot be set, so each revision of the source is
 * written as one transaction, which takes the next revision. The revisions are equal as long as
 * nothing else writes to this etcd.
 */
import { etcdError, StartError } from '../../errors.ts';
import { KV, type TxnResponse } from '../../wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../wire/generated/etcdserverpb/lease.ts';
import { Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import type { Digest } from '../copy/digest.ts';
import { digestOfEtcd } from '../copy/digest-etcd.ts';
import type { EtcdClient } from '../copy/etcd-client.ts';
import { findKeys } from '../copy/etcd-keys.ts';
import type { Progress } from '../copy/progress.ts';
import type { FollowTarget } from './follow-target.ts';
import { LeaseRenewals, type RenewingSide } from './lease-renewals.ts';
import { digestOfNames } from './named-keys.ts';
import { gapKey, type Planned, plan, planGap, requestOf } from './planned-transactions.ts';
import { grantedLeases, newLeases } from './source-leases.ts';
import type { SourceRevision } from './source-revisions.ts';

/**
 * Transactions under way at a time, and bytes of their values. etcd runs about a third of them in
 * their order. With 64 it writes a fifth more than with 16, with 256 half as much (bench/move.md).
 */
const windowCountMax = 64;
const windowBytesMax = 1024 * 1024;

/** The two sides of a copy into an etcd. */
export interface EtcdSides extends RenewingSide {
  readonly source: EtcdClient;
}

export class EtcdTarget implements FollowTarget {
  readonly #source: EtcdClient;
  readonly #client: EtcdClient;
  readonly #signal: AbortSignal;
  readonly #leases: LeaseRenewals;
  #revision: number;
  /** Whether a transaction of an earlier attempt may still have written the next revision. */
  #isInDoubt = true;
  #hasGapKey: boolean;

  private constructor({ source, client, signal }: EtcdSides, leases: LeaseRenewals, found: Found) {
    this.#source = source;
    this.#client = client;
    this.#signal = signal;
    this.#leases = leases;
    this.#revision = found.revision;
    this.#hasGapKey = found.hasGapKey;
  }

  /** Renews the leases of the target until the signal. */
  static async open(sides: EtcdSides): Promise<EtcdTarget> {
    const { header, count } = await sides.client.range({ key: gapKey });
    const leases = await LeaseRenewals.start(sides);
    return new EtcdTarget(sides, leases, { revision: header?.revision ?? 0, hasGapKey: count > 0 });
  }

  get name(): string {
    return this.#client.name;
  }

  get revision(): number {
    return this.#revision;
  }

  async append(page: readonly SourceRevision[]): Promise<void> {
    await this.#grant(newLeases(page, this.#leases));
    await this.#write([...plan(page, { revision: this.#revision, hasGapKey: this.#hasGapKey })]);
    if (page.length > 0) this.#hasGapKey = false;
  }

  async reach(revision: number): Promise<void> {
    const gap = [...planGap(this.#revision, revision)];
    await this.#write(gap);
    if (gap.length > 0) this.#hasGapKey = true;
  }

  async alignLeases(): Promise<void> {
    const ids = new Set(await this.#source.leases());
    for (const id of this.#leases.ids()) if (!ids.has(id)) await this.#revokeUnused(id);
    await this.#grant([...ids].filter((id) => !this.#leases.has(id)));
  }

  async keyCount(): Promise<number> {
    return (await findKeys(this.#client, { revision: this.#revision, scope: 'watched' })).count;
  }

  async digest(progress: Progress): Promise<Digest> {
    return digestOfEtcd(await findKeys(this.#client, { revision: this.#revision, scope: 'watched' }), progress);
  }

  digestOf(names: readonly string[]): Promise<Digest> {
    return digestOfNames(names, { client: this.#client, revision: this.#revision, isKine: false });
  }

  async compareHistory(): Promise<'same' | 'differs' | 'unknown'> {
    const request = { revision: this.#revision };
    const [ofSource, ofTarget] = await Promise.all([
      this.#source.call(Maintenance.methods.hashKV, request),
      this.#client.call(Maintenance.methods.hashKV, request),
    ]);
    if (ofSource.compactRevision !== ofTarget.compactRevision) return 'unknown';
    return ofSource.hash === ofTarget.hash ? 'same' : 'differs';
  }

  async complete(): Promise<void> {
    if (!this.#hasGapKey) return;
    throw new StartError(
      `${this.name}: it has the key ${gapKey} of the copy, because the newest revision of the source wrote no key; write any key at the source, then try again`,
    );
  }

  /** Writes transactions in order, several at a time. */
  async #write(transactions: readonly Planned[]): Promise<void> {
    for (let start = 0; start < transactions.length; ) {
      this.#signal.throwIfAborted();
      const before = this.#revision;
      await this.#writeWindow(windowFrom(transactions, start));
      start += this.#revision - before;
    }
  }

  /**
   * Sends transactions together. A transaction that overtakes the one before writes nothing, and is
   * sent again with the next window.
   */
  async #writeWindow(window: readonly Planned[]): Promise<void> {
    const sent = window.map((each, index) => this.#client.call(KV.methods.txn, requestOf(each, window[index - 1])));
    // An attempt ends when nothing is under way any more.
    const settled = await Promise.allSettled(sent);
    const lost = settled.find(({ status }) => status === 'rejected');
    if (lost?.status === 'rejected') throw lost.reason;
    const replies = await Promise.all(sent);
    const refused = replies.findIndex(({ succeeded }) => !succeeded);
    const written = refused < 0 ? replies.length : refused;
    const isOurs = replies.slice(0, written).every(({ header }, index) => header?.revision === window[index]?.revision);
    if (isOurs && written > 0) this.#revision += written;
    else if (isOurs && this.#isInDoubt) this.#skipWritten(window, replies);
    else throw this.#otherWriter(window, replies);
    this.#isInDoubt = false;
  }

  /** A lost connection of an earlier attempt delivered these transactions after all. */
  #skipWritten(window: readonly Planned[], replies: readonly TxnResponse[]): void {
    const revision = replies[0]?.header?.revision ?? 0;
    const last = window.at(-1)?.revision ?? 0;
    if (revision <= this.#revision || revision > last) throw this.#otherWriter(window, replies);
    this.#revision = revision;
  }

  #otherWriter(window: readonly Planned[], replies: readonly TxnResponse[]): StartError {
    const found = replies[0]?.header?.revision;
    return new StartError(
      `${this.name}: it is at revision ${found} instead of ${window[0]?.revision}: another client wrote to it, or one of its leases ended while no copy ran; restore a new snapshot of the source into it and start again`,
    );
  }

  async #grant(ids: readonly bigint[]): Promise<void> {
    for (const { id, ttlSeconds } of await grantedLeases(this.#source, ids)) {
      await this.#client.call(Lease.methods.leaseGrant, { id, ttl: ttlSeconds }).catch((error: unknown) => {
        // A lost connection of an earlier attempt delivered the request after all.
        if (!isLeaseGranted(error)) throw error;
      });
      this.#leases.add({ id, ttlSeconds });
    }
  }

  /** Ends a lease without keys, which writes no revision. */
  async #revokeUnused(id: bigint): Promise<void> {
    const { ttl, keys } = await this.#client.call(Lease.methods.leaseTimeToLive, { id, keys: true });
    if (keys.length > 0) return;
    if (ttl >= 0) await this.#client.call(Lease.methods.leaseRevoke, { id });
    this.#leases.delete(id);
  }
}

function isLeaseGranted(error: unknown): boolean {
  const { cause } = error as { cause?: { details?: unknown } };
  return cause?.details === etcdError('leaseExists').message;
}

interface Found {
  readonly revision: number;
  readonly hasGapKey: boolean;
}

/** The next transactions that can be under way together. After one that only deletes, none can. */
function windowFrom(transactions: readonly Planned[], start: number): readonly Planned[] {
  const window: Planned[] = [];
  let bytes = 0;
  for (let index = start; index < transactions.length && window.length < windowCountMax; index += 1) {
    const next = transactions[index] as Planned;
    bytes += next.bytes;
    if (window.length > 0 && bytes > windowBytesMax) break;
    window.push(next);
    if (next.writtenKey === undefined) break;
  }
  return window;
}
