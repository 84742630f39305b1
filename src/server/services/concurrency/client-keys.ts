import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, EtcdError } from '../../../errors.ts';
import type { Interval } from '../../../kit/intervals.ts';
import type { Keys, LeaseId, Revision } from '../../../mvcc/ids.ts';
import { newestRange, type RangeOperation, type TxnOperation } from '../../../mvcc/operations.ts';
import type { RangeResult, TxnResult } from '../../../mvcc/results.ts';
import type { KeyText } from '../../../sql/key-text.ts';
import type { Requester } from '../../../store/queues/requester.ts';
import type { WatchHub } from '../../../watch/hub.ts';
import { LocalWatch, type LocalWatchOptions } from '../../../watch/local-watch.ts';
import { RangeResponse } from '../../../wire/generated/etcdserverpb/kv.ts';
import type { KeyValue } from '../../../wire/generated/mvccpb/kv.ts';
import type { Need } from '../../access/caller.ts';
import { authenticatedNeed, deleteNeed, rangeNeed, txnNeed } from '../../access/needs.ts';
import { serverLimits } from '../../server-limits.ts';
import type { Call } from '../../transport/grpc/method.ts';
import type { ServiceContext } from '../service-context.ts';

/** At most one key, and the revision at which it was read. */
export interface Found {
  readonly revision: Revision;
  readonly keyValue: KeyValue | undefined;
}

/**
 * The store, as the Lock and Election services use it for one client. It checks the same rights as
 * if the client had called the KV and Lease services itself.
 */
export class ClientKeys {
  readonly #store: ServiceContext['store'];
  readonly #access: ServiceContext['access'];
  readonly #call: Call;
  readonly #hub: WatchHub;
  readonly #signal: AbortSignal;
  /** Rejects when the call ends: the client has cancelled it, or the server stops. */
  readonly #over: Promise<never>;

  constructor({ access, store }: ServiceContext, hub: WatchHub, call: Call) {
    this.#store = store;
    this.#access = access;
    this.#call = call;
    this.#hub = hub;
    this.#signal = call.signal;
    this.#over = whenAborted(call.signal);
  }

  get requester(): Requester {
    return this.#call;
  }

  get isOver(): boolean {
    return this.#signal.aborted;
  }

  /** Awaits work, but not longer than the call lasts. */
  async untilOver<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#over]);
  }

  async grantLease(): Promise<LeaseId> {
    const request = { id: 0n, ttlSeconds: serverLimits.lockLeaseTtlSeconds };
    const { id } = await this.#access.write(this.#call, authenticatedNeed, (by) => this.#store.leaseGrant(request, by));
    return id;
  }

  /**
   * `queue`: the keys that the client reads next. The read right is checked here too, so that
   * nothing is written for a client without it.
   */
  txn(operation: TxnOperation, queue?: Interval<KeyText>): Promise<TxnResult> {
    const needs = [txnNeed(operation), ...(queue === undefined ? [] : [rangeNeed({ keys: queue })])];
    const need: Need = (caller) => {
      for (const each of needs) each(caller);
    };
    return this.#access.write(this.#call, need, (by) => this.#store.txn(operation, by));
  }

  async delete(key: KeyText): Promise<{ revision: Revision }> {
    const operation = { kind: 'delete', keys: { one: key }, previous: false } as const;
    const need = deleteNeed(operation);
    return this.#access.write(this.#call, need, (by) => this.#store.deleteRange(operation, by));
  }

  get(key: KeyText): Promise<Found> {
    return this.#find({ ...newestRange, keys: { one: key } });
  }

  /** The first key of a queue. */
  oldest(queue: Interval<KeyText>): Promise<Found> {
    return this.#find({ ...oneByCreation, keys: queue, sort: { ...byCreation, descending: false } });
  }

  /** The last key of a queue before a revision, without its value. */
  lastBefore(queue: Interval<KeyText>, createRevision: Revision): Promise<Found> {
    const revisionFilter = { minMod: 0, maxMod: 0, minCreate: 0, maxCreate: createRevision - 1 };
    return this.#find({ ...oneByCreation, keys: queue, keysOnly: true, revisionFilter });
  }

  /** The caller must close it. */
  watch(watched: LocalWatchOptions): LocalWatch {
    return new LocalWatch(this.#hub, watched);
  }

  /** Repeats a read while the database is unavailable or overloaded, as long as the call lasts. */
  async retryTransient<Result>(read: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!isTransient(error)) throw error;
        await sleep(serverLimits.lockRetryPauseMs, undefined, { signal: this.#signal, ref: false });
      }
    }
  }

  async #find(operation: RangeOperation): Promise<Found> {
    const need = rangeNeed(operation);
    const result = await this.#access.read(this.#call, need, () => this.#store.range(operation, this.#call));
    return { revision: result.revision, keyValue: keyValueOf(result) };
  }
}

const byCreation = { target: 'create', descending: true, withinLimit: false } as const;

const oneByCreation = { ...newestRange, limit: 1, sort: byCreation } as const;

/** The only key-value of a result. */
export function keyValueOf({ blocks }: RangeResult): KeyValue | undefined {
  return RangeResponse.decode(Buffer.concat(blocks.map(({ bytes }) => bytes))).kvs[0];
}

/** A read of keys, for a transaction. */
export function rangeOf(keys: Keys): RangeOperation {
  return { ...newestRange, keys };
}

/** Whether a later attempt may succeed. */
function isTransient(error: unknown): boolean {
  if (error instanceof DriverError) return error.kind !== 'corrupt' && error.kind !== 'tooLarge';
  return error instanceof EtcdError && error.entry === 'tooManyRequests';
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  // The promise may never be awaited, so its rejection must count as handled.
  promise.catch(() => undefined);
  return promise;
}
