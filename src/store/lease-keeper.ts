/**
 * Leases as time passes: a renewal counts at once and is written soon after, all renewals in one write; due leases are looked for. Deadlines are in the database's
 * time, which for SQLite is this machine's clock.
 */
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { LeaseId } from '../mvcc/operations.ts';
import type { Head, LeaseStatus } from '../mvcc/results.ts';
import { Coalescer } from './coalescer.ts';
import type { WriteQueue } from './write-queue.ts';

export class LeaseKeeper {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #logger: Logger;
  readonly #lookUps: Coalescer<LeaseId, LeaseStatus | undefined>;
  /** Deadlines in ms that the database has not yet been told. */
  readonly #renewals = new Map<LeaseId, number>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(driver: Driver, writes: WriteQueue, options: { logger: Logger; saw: (head: Head) => void }) {
    this.#driver = driver;
    this.#writes = writes;
    this.#logger = options.logger;
    this.#lookUps = new Coalescer(async (ids) => {
      const { head, leases } = await driver.read('leasesById', ids, 'quick');
      options.saw(head);
      return leases;
    });
  }

  start(): void {
    this.#every(limits.leaseFlushIntervalMs, () => this.flush());
    this.#every(limits.leaseExpiryIntervalMs, () => this.#expireDue());
  }

  /** Writes what was renewed last, if the database is there; if not, a start gives leases their whole time again. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush().catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'the last renewals are not written'),
    );
  }

  /** A renewal's TTL in seconds; 0: there is no such lease. The database is asked: another instance may have ended it. */
  async keepAlive(id: LeaseId): Promise<number> {
    const lease = await this.#lookUps.ask(id);
    if (lease === undefined) return 0;
    this.#renewals.set(id, Date.now() + lease.ttlSeconds * 1000);
    return lease.ttlSeconds;
  }

  /** The deadline of a lease with its renewals that are not yet written. */
  expiresAtMs({ id, expiresAtMs }: LeaseStatus): number {
    return Math.max(expiresAtMs, this.#renewals.get(id) ?? 0);
  }

  /** Tells the database of all renewals since the last time, in one write. */
  async flush(): Promise<void> {
    if (this.#renewals.size === 0) return;
    const renewals = [...this.#renewals].map(([id, expiresAtMs]) => ({ id, expiresAtMs }));
    await this.#writes.write({ kind: 'leaseRenew', renewals });
    for (const { id, expiresAtMs } of renewals) {
      if (this.#renewals.get(id) === expiresAtMs) this.#renewals.delete(id);
    }
  }

  async #expireDue(): Promise<void> {
    const dueBeforeMs = Date.now() - limits.leaseGraceMs;
    const countMax = limits.leaseExpiryCountMax;
    for (const lease of await this.#driver.read('leasesDue', { dueBeforeMs, countMax }, 'quick')) {
      if (this.expiresAtMs(lease) > dueBeforeMs) continue;
      await this.#writes.write({ kind: 'leaseExpire', id: lease.id, dueBeforeMs });
    }
  }

  /** Runs at its own pace: never twice at a time, and goes on after the database was away. */
  #every(intervalMs: number, work: () => Promise<void>): void {
    let busy = false;
    let failing = false;
    const timer = setInterval(async () => {
      if (busy) return;
      busy = true;
      try {
        await work();
        failing = false;
      } catch (error) {
        if (!failing) this.#logger.warn({ err: error }, 'leases cannot be written or read; trying again');
        failing = true;
      } finally {
        busy = false;
      }
    }, intervalMs);
    this.#timers.push(timer);
  }
}
