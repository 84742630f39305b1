/**
 * A running etcd as the target. Its revisions cannot be set, so each revision of the source is
 * written as one transaction, which takes the next revision. The revisions are equal as long as
 * nothing else writes to this etcd.
 */
import { StartError } from '../../errors.ts';
import {
  type Compare,
  CompareResult,
  CompareTarget,
  KV,
  type RequestOp,
  type TxnRequest,
} from '../../wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../wire/generated/etcdserverpb/lease.ts';
import { Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import { type Event, EventType } from '../../wire/generated/mvccpb/kv.ts';
import type { MessageInput } from '../../wire/message-codec.ts';
import type { Digest } from '../copy/digest.ts';
import { digestOfEtcd } from '../copy/digest-etcd.ts';
import type { EtcdClient } from '../copy/etcd-client.ts';
import { findKeys } from '../copy/etcd-keys.ts';
import type { Progress } from '../copy/progress.ts';
import type { FollowTarget } from './follow-target.ts';
import { LeaseRenewals, type RenewingSide } from './lease-renewals.ts';
import { digestOfNames } from './named-keys.ts';
import { grantedLeases, newLeases } from './source-leases.ts';
import type { SourceRevision } from './source-revisions.ts';

/**
 * The key that fills a revision at which the source wrote nothing. The next revision of the source
 * deletes it in its own transaction.
 */
const gapKey = Buffer.from('tine_copy_gap');

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
    for (const { revision, events } of page) {
      this.#signal.throwIfAborted();
      await this.reach(revision - 1);
      await this.#write(revision, transactionOf(events, this.#hasGapKey));
      this.#hasGapKey = false;
    }
  }

  async reach(revision: number): Promise<void> {
    while (this.#revision < revision) {
      await this.#write(this.#revision + 1, { success: [{ request: { case: 'requestPut', value: { key: gapKey } } }] });
      this.#hasGapKey = true;
    }
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

  /** Writes the next revision, and nothing if the target does not have the one before. */
  async #write(revision: number, transaction: MessageInput<TxnRequest>): Promise<void> {
    const { header, succeeded } = await this.#client.call(KV.methods.txn, transaction);
    const isWritten = succeeded || this.#isInDoubt;
    if (header?.revision !== revision || !isWritten) {
      throw new StartError(
        `${this.name}: it is at revision ${header?.revision} instead of ${revision}: another client wrote to it, or one of its leases ended while no copy ran; restore a new snapshot of the source into it and start again`,
      );
    }
    this.#isInDoubt = false;
    this.#revision = revision;
  }

  async #grant(ids: readonly bigint[]): Promise<void> {
    for (const { id, ttlSeconds } of await grantedLeases(this.#source, ids)) {
      await this.#client.call(Lease.methods.leaseGrant, { id, ttl: ttlSeconds });
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

interface Found {
  readonly revision: number;
  readonly hasGapKey: boolean;
}

/**
 * One transaction with all events of a revision. Its compares hold only if each written key has the
 * version before, so a transaction that is sent twice writes once.
 */
function transactionOf(events: readonly Event[], dropsGapKey: boolean): MessageInput<TxnRequest> {
  const drop: readonly MessageInput<RequestOp>[] = dropsGapKey ? [deletion(gapKey)] : [];
  return {
    compare: events.flatMap(versionBefore),
    success: [...events.map(operationOf), ...drop],
  };
}

function versionBefore({ type, kv }: Event): readonly MessageInput<Compare>[] {
  if (kv === undefined || type === EventType.DELETE) return [];
  return [
    {
      key: kv.key,
      target: CompareTarget.VERSION,
      result: CompareResult.EQUAL,
      targetUnion: { case: 'version', value: kv.version - 1 },
    },
  ];
}

function operationOf({ type, kv }: Event): MessageInput<RequestOp> {
  const key = kv?.key ?? new Uint8Array(0);
  if (type === EventType.DELETE) return deletion(key);
  return { request: { case: 'requestPut', value: { key, value: kv?.value, lease: kv?.lease } } };
}

const deletion = (key: Uint8Array): MessageInput<RequestOp> => ({
  request: { case: 'requestDeleteRange', value: { key } },
});
