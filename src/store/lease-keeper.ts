/**
 * Renews and expires leases. A renewal counts at once and is written soon after; all renewals go
 * into one write. A renewal after the deadline counts when it is written. Leases that are due are
 * looked up regularly. Deadlines are times of the lease clock.
 */

import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { DriverError } from '../errors.ts';
import { RetryLog } from '../kit/retry-log.ts';
import { within } from '../kit/within.ts';
import { limits } from '../limits.ts';
import type { LeaseId } from '../mvcc/ids.ts';
import type { LeaseStatus } from '../mvcc/results.ts';
import type { OperationCounts } from './operation-counts.ts';
import { Coalescer } from './queues/coalescer.ts';
import type { Requester } from './queues/requester.ts';
import type { CoalescerStatistics } from './store-statistics.ts';
import type { WriteQueue } from './writes/write-queue.ts';

/** Returns the ms until its next run. Undefined: it has nothing to do until it is started again. */
type BackgroundWork = () => Promise<number | undefined>;

export class LeaseKeeper {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #logger: Logger;
  readonly #counts: OperationCounts;
  readonly #lookUps: Coalescer<LeaseId, LeaseStatus | undefined>;
  /** Writes the renewals of leases past their deadline, and looks the leases up again. */
  readonly #lateRenewals: Coalescer<LeaseId, LeaseStatus | undefined>;
  /** Deadlines in ms that are not yet written to the database. */
  readonly #renewals = new Map<LeaseId, number>();
  /** The timer of the next run, for each background work. */
  readonly #timers = new Map<BackgroundWork, NodeJS.Timeout>();
  readonly #flushRenewals: BackgroundWork = async () => {
    await this.flush();
    return this.#renewals.size > 0 ? limits.leaseFlushIntervalMs : undefined;
  };
  /**
   * Whether this instance has seen leases. While there are leases, the lease clock must advance.
   */
  #hasLeases = false;
  #isStopped = false;

  constructor(
    driver: Driver,
    writes: WriteQueue,
    options: { logger: Logger; counts: OperationCounts; reads: Pick<Driver, 'read'> },
  ) {
    this.#driver = driver;
    this.#writes = writes;
    this.#logger = options.logger;
    this.#counts = options.counts;
    const leasesById = async (ids: readonly LeaseId[]) => {
      const { leases } = await options.reads.read('leasesById', ids, 'quick');
      return leases;
    };
    // The lease is renewed even if the client does not read its replies.
    const hasLargeReply = () => false;
    this.#lookUps = new Coalescer({ answer: leasesById, hasLargeReply });
    this.#lateRenewals = new Coalescer({
      answer: async (ids) => {
        await writes.write({ kind: 'leaseRenew', ids });
        return leasesById(ids);
      },
      hasLargeReply,
    });
  }

  get lookUps(): CoalescerStatistics {
    return this.#lookUps.statistics;
  }

  start(): void {
    this.#repeat(() => this.#expireDue());
    if (this.#clock.apartMsMax > 0) this.#repeat(() => this.#tick());
  }

  /**
   * Writes the last renewals, if the database is available and takes at most `msMax`. If not, a
   * start gives every lease its whole TTL again.
   */
  async stop(msMax: number): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const isLate = () => {
      throw new DriverError('busy', `the database did not write them within ${Math.round(msMax)} ms`);
    };
    await within(msMax, this.flush(), isLate).catch((error: unknown) =>
      this.#logger.warn({ err: error, leases: this.#renewals.size }, 'writing the last lease renewals failed'),
    );
  }

  /**
   * Renews a lease. Returns its TTL in seconds; 0: the lease does not exist, or `isPermitted` is
   * false. Reads the database, because another instance may have ended the lease. Past its
   * deadline a lease may end at any moment, so the renewal is written before it is answered.
   */
  async keepAlive(id: LeaseId, isPermitted: () => boolean, requester: Requester): Promise<number> {
    const lease = await this.#lookUps.read(id, requester);
    if (lease === undefined || !isPermitted()) return 0;
    if (this.expiresAtMs(lease) < this.#clock.nowMs()) {
      if ((await this.#lateRenewals.read(id, requester)) === undefined) return 0;
    } else {
      this.#renewals.set(id, this.#clock.nowMs() + lease.ttlSeconds * 1000);
      if (!this.#timers.has(this.#flushRenewals)) this.#repeat(this.#flushRenewals, limits.leaseFlushIntervalMs);
    }
    this.#counts.leases.renewed += 1;
    return lease.ttlSeconds;
  }

  /** The deadline of a lease, with renewals that are not yet written. */
  expiresAtMs({ id, expiresAtMs }: LeaseStatus): number {
    return Math.max(expiresAtMs, this.#renewals.get(id) ?? 0);
  }

  /** Never more than the TTL: the clock of the instance that computed the deadline may be ahead. */
  remainingMs(lease: LeaseStatus): number {
    return Math.min(this.expiresAtMs(lease) - this.#clock.nowMs(), lease.ttlSeconds * 1000);
  }

  /** Notes that this instance granted a lease. */
  granted(): void {
    this.#hasLeases = true;
  }

  /** Writes all renewals since the last flush, in one write. */
  async flush(): Promise<void> {
    if (this.#renewals.size === 0) return;
    const renewals = [...this.#renewals];
    await this.#writes.write({ kind: 'leaseRenew', ids: renewals.map(([id]) => id) });
    for (const [id, expiresAtMs] of renewals) {
      if (this.#renewals.get(id) === expiresAtMs) this.#renewals.delete(id);
    }
  }

  /**
   * Ends the leases that are due. Returns the milliseconds until the next known lease is due, or
   * until the next look.
   */
  async #expireDue(): Promise<number> {
    const { leaseGraceMs, leaseExpiryIntervalMs, leaseExpiryCountMax: countMax } = limits;
    const dueBeforeMs = this.#clock.nowMs() - this.#clock.apartMsMax - leaseGraceMs;
    const next = await this.#driver.read('nextLeases', countMax, 'quick');
    this.#hasLeases = next.length > 0;
    const left = next.map((lease) => ({ id: lease.id, ms: this.expiresAtMs(lease) - dueBeforeMs }));
    const due = left.filter(({ ms }) => ms <= 0);
    // Together, so that they share commits. A batch ends after a lease with many keys.
    await Promise.all(due.map(({ id }) => this.#writes.write({ kind: 'leaseExpire', id, dueBeforeMs })));
    // After leases were ended, the next look finds more, or none.
    return Math.max(0, Math.min(leaseExpiryIntervalMs, ...left.map(({ ms }) => ms)));
  }

  /**
   * Stores the time of the lease clock, unless another instance has just done it. Without leases,
   * the clock need not advance. Returns the milliseconds until the next tick is due.
   */
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

  /**
   * Runs work, and repeats it after the pause that it returns. Runs of one work never overlap. It
   * goes on after a database outage.
   */
  #repeat(work: BackgroundWork, firstPauseMs = 0): void {
    const retries = new RetryLog(this.#logger, 'reading or writing leases failed; retrying');
    const run = async (): Promise<void> => {
      let pauseMs: number | undefined = limits.retryPauseMs;
      try {
        pauseMs = await work();
        retries.succeeded();
      } catch (error) {
        retries.failed(error);
      }
      if (this.#isStopped || pauseMs === undefined) this.#timers.delete(work);
      else this.#timers.set(work, setTimeout(run, pauseMs));
    };
    if (!this.#isStopped) this.#timers.set(work, setTimeout(run, firstPauseMs));
  }
}
