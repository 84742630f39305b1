import { DriverError } from '../../../errors.ts';
import type { LeaseId, PutOperation, Revision, TxnOperation } from '../../../mvcc/operations.ts';
import { keyText } from '../../../sql/key-text.ts';
import { OriginSlots } from '../../../store/origin-slots.ts';
import type { KeyValue } from '../../../wire/generated/mvccpb/kv.ts';
import { serverLimits } from '../../server-limits.ts';
import type { ServiceContext } from '../service-context.ts';
import { AbandonedKeys } from './abandoned-keys.ts';
import { type ClientKeys, keyValueOf, rangeOf } from './client-keys.ts';
import { keyInLine, lineOf, type Place } from './line.ts';
import { Lines, type Turn } from './lines.ts';

/** Who wants to stand in a line, and with what. */
interface Wanted {
  readonly name: Uint8Array;
  /** 0n: one is granted, which nobody renews. */
  readonly lease: LeaseId;
  readonly value: Uint8Array;
}

/** A place that was taken, or was held by this lease already. */
export interface Taken {
  readonly place: Place;
  readonly key: Uint8Array;
  readonly lease: LeaseId;
  /** Of the transaction that took it. */
  readonly revision: Revision;
  /** What stood there already; undefined: nothing did. */
  readonly existing: KeyValue | undefined;
}

/** How calls stand in lines, from taking a place to its end. */
export class Queues {
  readonly #lines = new Lines();
  readonly #abandoned: AbandonedKeys;
  readonly #places = new OriginSlots({
    underWayMax: () => serverLimits.lockPlacesTakenAtOnceMax,
    waitingCountMax: serverLimits.lockWaitersMax,
    waitingBytesMax: serverLimits.lockWaitersBytesMax,
    cancelledPauseMs: 0,
  });
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(context: Pick<ServiceContext, 'store' | 'logger'>) {
    this.#abandoned = new AbandonedKeys(context);
  }

  /**
   * Takes a place at the end of a line, unless the lease has one already, and waits for the front. `turn` is undefined when the place was lost before. What is to be done
   * before it waits is done by `prepare`.
   */
  async standInLine(
    client: ClientKeys,
    wanted: Wanted,
    prepare?: (taken: Taken) => Promise<void>,
  ): Promise<{ taken: Taken; turn: Turn | undefined }> {
    this.#lines.checkRoom();
    const standing = this.#stand(client, wanted, prepare);
    this.#underWay.add(standing);
    try {
      return await standing;
    } finally {
      this.#underWay.delete(standing);
    }
  }

  /** Resolves when nobody waits, and no key is left of those who did. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#abandoned.settled();
  }

  /**
   * A call that is over leaves no key behind, unless it found its own at the front: then another call of this client put it there, and was
   * told so.
   */
  async #stand(
    client: ClientKeys,
    wanted: Wanted,
    prepare: ((taken: Taken) => Promise<void>) | undefined,
  ): Promise<{ taken: Taken; turn: Turn | undefined }> {
    const bytes = wanted.name.length + wanted.value.length;
    const taken = await this.#places.run(client.requester, bytes, () => this.#takePlace(client, wanted));
    const { place, existing } = taken;
    try {
      await prepare?.(taken);
      const turn = await this.#lines.whenFirst(client, place);
      if (client.isOver && (turn?.waited || existing === undefined)) this.#abandoned.remove(place);
      return { taken, turn };
    } catch (error) {
      this.#abandoned.remove(place);
      throw error;
    }
  }

  async #takePlace(client: ClientKeys, { name, lease: wantedLease, value }: Wanted): Promise<Taken> {
    const lease = wantedLease === 0n ? await client.grantLease() : wantedLease;
    const keyBytes = keyInLine(name, lease);
    const key = keyText(keyBytes);
    await this.#abandoned.whenSettled(key);
    const line = lineOf(name);
    const keys = { one: key };
    const operation: TxnOperation = {
      kind: 'txn',
      compares: [{ keys, result: 'equal', target: 'create', number: 0 }],
      success: [putOf(key, value, lease)],
      failure: [rangeOf(keys)],
    };
    try {
      const { succeeded, responses, revision } = await client.txn(operation, line);
      const found = responses[0];
      const existing = !succeeded && found?.kind === 'range' ? keyValueOf(found) : undefined;
      const createRevision = existing?.createRevision ?? revision;
      const place = { line, key, createRevision, seenRevision: revision };
      return { place, key: keyBytes, lease, revision, existing };
    } catch (error) {
      // It may have been made all the same. A client that brought its own lease finds the key again, nobody knows the other.
      if (error instanceof DriverError && wantedLease === 0n)
        this.#abandoned.remove({ key, createRevision: undefined });
      throw error;
    }
  }
}

/** The put of a key in a line. */
export function putOf(key: PutOperation['key'], value: Uint8Array, lease: LeaseId): PutOperation {
  // A copy: the request's bytes are a view into a larger buffer.
  const own = Uint8Array.from(value);
  return { kind: 'put', key, value: own, lease, previous: false, ignoreValue: false, ignoreLease: false };
}
