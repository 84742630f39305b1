import { DriverError } from '../../../errors.ts';
import type { LeaseId, Revision } from '../../../mvcc/ids.ts';
import type { PutOperation, TxnOperation } from '../../../mvcc/operations.ts';
import { keyText } from '../../../sql/key-text.ts';
import { OriginSlots } from '../../../store/queues/origin-slots.ts';
import type { KeyValue } from '../../../wire/generated/mvccpb/kv.ts';
import { serverLimits } from '../../server-limits.ts';
import type { ServiceContext } from '../service-context.ts';
import { AbandonedKeys } from './abandoned-keys.ts';
import { type ClientKeys, keyValueOf, rangeOf } from './client-keys.ts';
import { type Acquired, LockWaiters } from './lock-waiters.ts';
import { lockKey, type QueuedKey, queueOf } from './queued-key.ts';

/** The key with which a call joins a queue. */
interface JoinRequest {
  readonly name: Uint8Array;
  /** 0n: the server grants a lease, which is never renewed. */
  readonly lease: LeaseId;
  readonly value: Uint8Array;
}

/** A key that was put into a queue, or that the lease had in it already. */
export interface Joined {
  readonly queued: QueuedKey;
  readonly key: Uint8Array;
  readonly lease: LeaseId;
  /** The revision of the transaction that put or found the key. */
  readonly revision: Revision;
  /** The key-value that existed already; undefined: the key is new. */
  readonly existing: KeyValue | undefined;
}

/** Runs the calls that wait in lock and election queues, from the put of their key to their end. */
export class LockQueues {
  readonly #waiters = new LockWaiters();
  readonly #abandoned: AbandonedKeys;
  readonly #joinSlots = new OriginSlots({
    underWayMax: () => serverLimits.lockJoinsAtOnceMax,
    waitingCountMax: serverLimits.lockWaitersMax,
    waitingBytesMax: serverLimits.lockWaitersBytesMax,
    cancelledPauseMs: 0,
  });
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(context: Pick<ServiceContext, 'store' | 'logger'>) {
    this.#abandoned = new AbandonedKeys(context);
  }

  /**
   * Puts a key at the end of a queue, unless the lease has one in it already, and waits until it is
   * first. `acquired` is undefined if the key was deleted before. `prepare` runs before the wait.
   */
  async join(
    client: ClientKeys,
    request: JoinRequest,
    prepare?: (joined: Joined) => Promise<void>,
  ): Promise<{ joined: Joined; acquired: Acquired | undefined }> {
    this.#waiters.checkCapacity();
    const joining = this.#join(client, request, prepare);
    this.#underWay.add(joining);
    try {
      return await joining;
    } finally {
      this.#underWay.delete(joining);
    }
  }

  /** Resolves when no call waits, and the keys of ended calls are deleted. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#abandoned.settled();
  }

  /**
   * A call that has ended leaves no key behind. An existing key that was first at once stays:
   * another call of this client has put it there, and has reported the lock as acquired.
   */
  async #join(
    client: ClientKeys,
    request: JoinRequest,
    prepare: ((joined: Joined) => Promise<void>) | undefined,
  ): Promise<{ joined: Joined; acquired: Acquired | undefined }> {
    const bytes = request.name.length + request.value.length;
    const joined = await this.#joinSlots.run(client.requester, bytes, () => this.#enqueue(client, request));
    const { queued, existing } = joined;
    try {
      await prepare?.(joined);
      const acquired = await this.#waiters.whenFirst(client, queued);
      if (client.isOver && (acquired?.waited || existing === undefined)) this.#abandoned.remove(queued);
      return { joined, acquired };
    } catch (error) {
      this.#abandoned.remove(queued);
      throw error;
    }
  }

  async #enqueue(client: ClientKeys, { name, lease: requestedLease, value }: JoinRequest): Promise<Joined> {
    const lease = requestedLease === 0n ? await client.grantLease() : requestedLease;
    const keyBytes = lockKey(name, lease);
    const key = keyText(keyBytes);
    await this.#abandoned.whenSettled(key);
    const queue = queueOf(name);
    const keys = { one: key };
    const operation: TxnOperation = {
      kind: 'txn',
      compares: [{ keys, result: 'equal', target: 'create', number: 0 }],
      success: [putOf(key, value, lease)],
      failure: [rangeOf(keys)],
    };
    try {
      const { succeeded, responses, revision } = await client.txn(operation, queue);
      const found = responses[0];
      const existing = !succeeded && found?.kind === 'range' ? keyValueOf(found) : undefined;
      const createRevision = existing?.createRevision ?? revision;
      const queued = { queue, key, createRevision, seenRevision: revision };
      return { queued, key: keyBytes, lease, revision, existing };
    } catch (error) {
      // The put may have taken effect nevertheless. A client with its own lease finds the key
      // again. The lease of the server is unknown to every client.
      if (error instanceof DriverError && requestedLease === 0n)
        this.#abandoned.remove({ key, createRevision: undefined });
      throw error;
    }
  }
}

/** The put of a key into a queue. */
export function putOf(key: PutOperation['key'], value: Uint8Array, lease: LeaseId): PutOperation {
  // A copy: the request's bytes are a view of a larger buffer.
  const own = Uint8Array.from(value);
  return { kind: 'put', key, value: own, lease, previous: false, ignoreValue: false, ignoreLease: false };
}
