/**
 * Leases as time passes: a renewal counts at once and is written soon after, all renewals in one write; due leases are looked for. Deadlines are times of the lease clock.
 */
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { LeaseId } from '../mvcc/operations.ts';
import type { Head, LeaseStatus } from '../mvcc/results.ts';
import { Coalescer } from './coalescer.ts';
import type { OperationCounts } from './operation-counts.ts';
import type { Requester } from './requester.ts';
import type { CoalescerStatistics } from './store-statistics.ts';
import type { WriteQueue } from './write-queue.ts';

export class LeaseKeeper {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #logger: Logger;
  readonly #counts: OperationCounts;
  readonly #lookUps: Coalescer<LeaseId, LeaseStatus | undefined>;
  /** Deadlines in ms that the database has not yet been told. */
  readonly #renewals = new Map<LeaseId, number>();
  /** The next run of each work. */
  readonly #timers = new Map<() => Promise<number>, NodeJS.Timeout>();
  /** As far as this instance knows. While there are leases, time must go on. */
  #hasLeases = false;
  #isStopped = false;

  constructor(
    driver: Driver,
    writes: WriteQueue,
    options: { logger: Logger; counts: OperationCounts; observeHead: (head: Head) => void },
  ) {
    this.#driver = driver;
    this.#writes = writes;
    this.#logger = options.logger;
    this.#counts = options.counts;
    this.#lookUps = new Coalescer({
      answer: async (ids) => {
        const { head, leases } = await driver.read('leasesById', ids, 'quick');
        options.observeHead(head);
        return leases;
      },
      // A lease of a client that does not read its answers is renewed all the same.
      hasLargeReply: () => false,
    });
  }

  get lookUps(): CoalescerStatistics {
    return this.#lookUps.statistics;
  }

  start(): void {
    this.#repeat(async () => {
      await this.flush();
      return limits.leaseFlushIntervalMs;
    });
    this.#repeat(() => this.#expireDue());
    if (this.#clock.apartMsMax > 0) this.#repeat(() => this.#tick());
  }

  /** Writes what was renewed last, if the database is there; if not, a start gives leases their whole time again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.flush().catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'the last renewals are not written'),
    );
  }

  /** A renewal's TTL in seconds; 0: there is no such lease, or `isPermitted` no more. The database is readStart: another instance may have ended it. */
  async keepAlive(id: LeaseId, isPermitted: () => boolean, requester: Requester): Promise<number> {
    const lease = await this.#lookUps.read(id, requester);
    if (lease === undefined || !isPermitted()) return 0;
    this.#counts.leases.renewed += 1;
    this.#renewals.set(id, this.#clock.nowMs() + lease.ttlSeconds * 1000);
    return lease.ttlSeconds;
  }

  /** The deadline of a lease with its renewals that are not yet written. */
  expiresAtMs({ id, expiresAtMs }: LeaseStatus): number {
    return Math.max(expiresAtMs, this.#renewals.get(id) ?? 0);
  }

  /** Never more than the TTL: the clock of the instance that computed the deadline may be ahead. */
  remainingMs(lease: LeaseStatus): number {
    return Math.min(this.expiresAtMs(lease) - this.#clock.nowMs(), lease.ttlSeconds * 1000);
  }

  /** This instance has granted a lease. */
  granted(): void {
    this.#hasLeases = true;
  }

  /** Tells the database of all renewals since the last time, in one write. */
  async flush(): Promise<void> {
    if (this.#renewals.size === 0) return;
    const renewals = [...this.#renewals];
    await this.#writes.write({ kind: 'leaseRenew', ids: renewals.map(([id]) => id) });
    for (const [id, expiresAtMs] of renewals) {
      if (this.#renewals.get(id) === expiresAtMs) this.#renewals.delete(id);
    }
  }

  /** Ends what is due. Returns how many ms later the next lease is due that was seen, or the next look is. */
  async #expireDue(): Promise<number> {
    const { leaseGraceMs, leaseExpiryIntervalMs, leaseExpiryCountMax: countMax } = limits;
    const dueBeforeMs = this.#clock.nowMs() - this.#clock.apartMsMax - leaseGraceMs;
    const next = await this.#driver.read('nextLeases', countMax, 'quick');
    this.#hasLeases = next.length > 0;
    let nextMs: number = leaseExpiryIntervalMs;
    for (const lease of next) {
      const leftMs = this.expiresAtMs(lease) - dueBeforeMs;
      if (leftMs <= 0) await this.#writes.write({ kind: 'leaseExpire', id: lease.id, dueBeforeMs });
      nextMs = Math.max(0, Math.min(nextMs, leftMs));
    }
    // Those that were ended are followed by more, or by a look that finds none.
    return nextMs;
  }

  /** Stores how far time has come, unless another instance did a moment ago. Without leases time may stand still. Returns how many ms later the next tick is due. */
  async #tick(): Promise<number> {
    const { leaseTickMs } = limits;
    if (!this.#hasLeases) return leaseTickMs;
    if (this.#clock.ageMs() >= leaseTickMs) {
      const storedMs = await this.#driver.read('leaseClock', null, 'quick');
      if (storedMs !== undefined) this.#clock.saw(storedMs);
    }
    if (this.#clock.ageMs() >= leaseTickMs) {
      const { storedMs } = await this.#writes.write({ kind: 'leaseTick', nowMs: this.#clock.nowMs() });
      this.#clock.saw(storedMs);
    }
    return leaseTickMs - this.#clock.ageMs();
  }

  get #clock(): Driver['leaseClock'] {
    return this.#driver.leaseClock;
  }

  /** Runs at the pace that the work asks for, never twice at a time, and goes on after the database was away. */
  #repeat(work: () => Promise<number>): void {
    let isFailing = false;
    const run = async (): Promise<void> => {
      let pauseMs: number = limits.retryPauseMs;
      try {
        pauseMs = await work();
        isFailing = false;
      } catch (error) {
        if (!isFailing) this.#logger.warn({ err: error }, 'leases cannot be written or read; trying again');
        isFailing = true;
      }
      if (!this.#isStopped) this.#timers.set(work, setTimeout(run, pauseMs));
    };
    this.#timers.set(work, setTimeout(run, 0));
  }
}
