/**
 * The leases of an etcd that is the target of a copy. Their owners renew them at the source, so the
 * copy renews them here: a lease that ends would delete its keys and take a revision.
 */
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
  static async start(client: EtcdClient, signal: AbortSignal): Promise<LeaseRenewals> {
    const stream = client.duplex(Lease.methods.leaseKeepAlive);
    const renewals = new LeaseRenewals(stream);
    for (const lease of await grantedLeases(client, await client.leases())) renewals.#add(lease, 0);
    const timer = setInterval(() => renewals.#renewDue(), checkIntervalMs);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      stream.cancel();
    });
    // A lost connection ends the attempt where the target is written. The replies have no news.
    void discard(stream.messages).catch(() => {});
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

async function discard(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}
