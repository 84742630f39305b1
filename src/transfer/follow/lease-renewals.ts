/**
 * The leases of an etcd that is the target of a copy. Their owners renew them at the source, so the
 * copy renews them here: a lease that ends would delete its keys and take a revision.
 */

import { OutageError } from '../../errors.ts';
import {
  Lease,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
} from '../../wire/generated/etcdserverpb/lease.ts';
import type { Duplex, EtcdClient } from '../copy/etcd-client.ts';
import { type GrantedLease, grantedLeases } from './source-leases.ts';

const checkIntervalMs = 250;
/** Renewals in a TTL. */
const renewalsPerTtl = 4;

export interface RenewingSide {
  readonly client: EtcdClient;
  /** Ends the renewals. */
  readonly signal: AbortSignal;
  /** Receives the error when leases can no longer be renewed. */
  readonly onLost: (error: unknown) => void;
}

interface Renewed {
  readonly intervalMs: number;
  dueAtMs: number;
}

export class LeaseRenewals {
  readonly #leases = new Map<bigint, Renewed>();
  readonly #stream: Duplex<LeaseKeepAliveRequest, LeaseKeepAliveResponse>;

  private constructor(stream: Duplex<LeaseKeepAliveRequest, LeaseKeepAliveResponse>) {
    this.#stream = stream;
  }

  /** Renews all leases of the server at once, and then before they end, until the signal. */
  static async start({ client, signal, onLost }: RenewingSide): Promise<LeaseRenewals> {
    const stream = client.duplex(Lease.methods.leaseKeepAlive);
    const renewals = new LeaseRenewals(stream);
    for (const lease of await grantedLeases(client, await client.leases())) renewals.#add(lease, 0);
    signal.throwIfAborted();
    const timer = setInterval(() => renewals.#renewDue(), checkIntervalMs);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      stream.cancel();
    });
    void untilLost(stream.messages, client.name).catch(onLost);
    renewals.#renewDue();
    return renewals;
  }

  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  ids(): readonly bigint[] {
    return [...this.#leases.keys()];
  }

  /** Adds a lease that was granted now. */
  add(lease: GrantedLease): void {
    this.#add(lease, performance.now() + intervalMs(lease));
  }

  delete(id: bigint): void {
    this.#leases.delete(id);
  }

  #add(lease: GrantedLease, dueAtMs: number): void {
    this.#leases.set(lease.id, { intervalMs: intervalMs(lease), dueAtMs });
  }

  #renewDue(): void {
    const nowMs = performance.now();
    for (const [id, lease] of this.#leases) {
      if (lease.dueAtMs > nowMs) continue;
      lease.dueAtMs = nowMs + lease.intervalMs;
      this.#stream.send({ id });
    }
  }
}

function intervalMs({ ttlSeconds }: GrantedLease): number {
  return (ttlSeconds * 1000) / renewalsPerTtl;
}

/** Reads the replies, which have no news, until the stream is lost. */
async function untilLost(messages: AsyncIterable<unknown>, name: string): Promise<never> {
  for await (const _ of messages);
  throw new OutageError(`${name}: the target ended the renewal of leases`);
}
