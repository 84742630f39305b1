/**
 * Leases as time passes: renews them in memory at once and in the database soon after, all in one write; looks for those that are due. Deadlines
 * are in the database's time, which for SQLite is this machine's clock.
 */
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { LeaseId } from '../mvcc/operations.ts';
import type { WriteQueue } from './write-queue.ts';

interface Known {
  readonly ttlSeconds: number;
  /** When its deadline was last read or moved: it cannot have expired elsewhere while this is young. */
  expiresAtMs: number;
}

export class LeaseKeeper {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #logger: Logger;
  /** Leases that were granted or renewed through this process. */
  readonly #known = new Map<LeaseId, Known>();
  /** Renewals that the database has not yet been told. */
  #dirty = new Set<LeaseId>();
  #timers: NodeJS.Timeout[] = [];
  #forgotAtMs = 0;

  constructor(driver: Driver, writes: WriteQueue, logger: Logger) {
    this.#driver = driver;
    this.#writes = writes;
    this.#logger = logger;
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

  /** Remembers a lease that was just granted. */
  granted(lease: { id: LeaseId; ttlSeconds: number; expiresAtMs: number }): void {
    this.#known.set(lease.id, { ttlSeconds: lease.ttlSeconds, expiresAtMs: lease.expiresAtMs });
  }

  forget(id: LeaseId): void {
    this.#known.delete(id);
    this.#dirty.delete(id);
  }

  /** A renewal's TTL in seconds; 0: there is no such lease. */
  async keepAlive(id: LeaseId): Promise<number> {
    const known = this.#known.get(id) ?? (await this.#lookUp(id));
    if (known === undefined) return 0;
    known.expiresAtMs = Date.now() + known.ttlSeconds * 1000;
    this.#dirty.add(id);
    return known.ttlSeconds;
  }

  /** The deadline this process knows of, if later than the database's own. */
  expiresAtMs(lease: { id: LeaseId; expiresAtMs: number }): number {
    return Math.max(lease.expiresAtMs, this.#known.get(lease.id)?.expiresAtMs ?? 0);
  }

  /** Tells the database of all renewals since the last time, in one write. */
  async flush(): Promise<void> {
    if (this.#dirty.size === 0) return;
    const ids = this.#dirty;
    this.#dirty = new Set();
    const renewals = [...ids].flatMap((id) => {
      const known = this.#known.get(id);
      return known === undefined ? [] : [{ id, expiresAtMs: known.expiresAtMs }];
    });
    try {
      const { missing } = await this.#writes.write({ kind: 'leaseRenew', renewals });
      for (const id of missing) this.forget(id);
    } catch (error) {
      for (const id of ids) this.#dirty.add(id);
      throw error;
    }
  }

  async #lookUp(id: LeaseId): Promise<Known | undefined> {
    const { lease } = await this.#driver.read('lease', { id, keys: false }, 'quick');
    if (lease === undefined) return undefined;
    const known = { ttlSeconds: lease.ttlSeconds, expiresAtMs: lease.expiresAtMs };
    this.#known.set(id, known);
    return known;
  }

  /** The database is asked, not this process's memory: another instance may have granted or renewed. */
  async #expireDue(): Promise<void> {
    const dueBeforeMs = Date.now() - limits.leaseGraceMs;
    const due = await this.#driver.read('leasesDue', { dueBeforeMs, countMax: limits.leaseExpiryCountMax }, 'quick');
    for (const { id } of due) {
      if ((this.#known.get(id)?.expiresAtMs ?? 0) > dueBeforeMs) continue;
      const { expired } = await this.#writes.write({ kind: 'leaseExpire', id, dueBeforeMs });
      if (expired) this.forget(id);
    }
    this.#forgetOld(dueBeforeMs);
  }

  /** What expired or was revoked through another instance is no longer of interest here. */
  #forgetOld(dueBeforeMs: number): void {
    if (dueBeforeMs < this.#forgotAtMs + limits.leaseForgetIntervalMs) return;
    this.#forgotAtMs = dueBeforeMs;
    for (const [id, known] of this.#known) if (known.expiresAtMs < dueBeforeMs) this.forget(id);
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
