/** The store over a driver: sends each operation the way that suits it. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { AutoCompaction } from '../config/config.ts';
import type { Driver } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { PackedEventPage } from '../mvcc/events.ts';
import { unpackEvents } from '../mvcc/events.ts';
import {
  type Alarm,
  alarmNumbers,
  type DeleteOperation,
  type LeaseId,
  type Member,
  type PutOperation,
  type RangeOperation,
  type Revision,
  type TxnOperation,
} from '../mvcc/operations.ts';
import type { DeleteResult, Head, LeaseStatus, PutResult, RangeResult, TxnResult } from '../mvcc/results.ts';
import type { EventPage, EventSource } from '../watch/event-source.ts';
import { startAutoCompaction } from './auto-compaction.ts';
import { checkKeys } from './check-keys.ts';
import { Compactor } from './compactor.ts';
import { HeadTracker } from './head-tracker.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Members } from './members.ts';
import { PointReader } from './point-reader.ts';
import { Quota } from './quota.ts';
import { RangeReader } from './range-reader.ts';
import type { Store } from './store.ts';
import { WriteQueue } from './write-queue.ts';

export interface SqlStoreOptions {
  readonly self: Member;
  readonly autoCompaction: AutoCompaction;
  /** 0 or less: none. */
  readonly quotaBytes: number;
  readonly logger: Logger;
}

export class SqlStore implements Store {
  readonly events: EventSource;
  readonly #driver: Driver;
  readonly #heads = new HeadTracker();
  readonly #points: PointReader;
  readonly #ranges: RangeReader;
  readonly #writes: WriteQueue;
  readonly #leases: LeaseKeeper;
  readonly #compactor: Compactor;
  readonly #members: Members;
  /** Undefined: the disk is the bound. */
  readonly #quota: Quota | undefined;
  readonly #logger: Logger;
  readonly #stopAutoCompaction: () => void;

  /** The driver is the store's from here on: `close` closes it. */
  constructor(driver: Driver, options: SqlStoreOptions) {
    const saw = (head: Head) => this.#heads.saw(head);
    this.#driver = driver;
    this.#logger = options.logger;
    this.#points = new PointReader(driver, saw);
    this.#ranges = new RangeReader(driver, saw);
    this.#writes = new WriteQueue(driver, saw);
    this.#leases = new LeaseKeeper(driver, this.#writes, { logger: options.logger, saw });
    this.#members = new Members(driver, this.#writes, options);
    this.#quota = this.#quotaOf(options);
    this.#compactor = new Compactor(driver, this.#writes, options.logger);
    this.events = eventSource(driver, this.#heads, this.#writes, () => this.head());
    driver.onHead(saw);
    this.#leases.start();
    this.#members.start();
    this.#compactor.wake();
    this.#stopAutoCompaction = startAutoCompaction(
      options.autoCompaction,
      {
        revision: async () => (await this.head()).revision,
        compact: (revision) => this.#compactor.compact(revision),
      },
      options.logger,
    );
  }

  members(): Promise<readonly Member[]> {
    return this.#members.list();
  }

  get knownMembers(): readonly Member[] {
    return this.#members.known;
  }

  get latestHead(): Head {
    return this.#heads.latest;
  }

  range(operation: RangeOperation, signal?: AbortSignal): Promise<RangeResult> {
    const { keys } = operation;
    const plain = operation.sort === undefined && operation.revisionFilter === undefined && !operation.countOnly;
    if ('one' in keys && operation.revision <= 0 && plain)
      return this.#points.read({ key: keys.one, withValue: !operation.keysOnly });
    return this.#ranges.read(operation, signal);
  }

  rangeParts(operation: RangeOperation, signal?: AbortSignal): AsyncIterable<RangeResult> {
    return this.#ranges.parts(operation, signal);
  }

  async put(operation: PutOperation): Promise<PutResult> {
    checkKeys(operation, this.#driver.keyLengthMax);
    if (this.#quota !== undefined) await this.#quota.admit(operation);
    return this.#writes.write(operation);
  }

  deleteRange(operation: DeleteOperation): Promise<DeleteResult> {
    return this.#writes.write(operation);
  }

  async txn(operation: TxnOperation): Promise<TxnResult> {
    checkKeys(operation, this.#driver.keyLengthMax);
    if (this.#quota !== undefined) await this.#quota.admit(operation);
    return this.#writes.write(operation);
  }

  async compact(request: { revision: Revision; physical: boolean }): Promise<{ revision: Revision }> {
    const revision = await this.#compactor.compact(request.revision);
    if (request.physical) await this.#compactor.finished();
    return { revision };
  }

  async leaseGrant(request: {
    id: LeaseId;
    ttlSeconds: number;
  }): Promise<{ revision: Revision; id: LeaseId; ttlSeconds: number }> {
    if (request.ttlSeconds > limits.leaseTtlSecondsMax) throw etcdError('leaseTtlTooLarge');
    const ttlSeconds = Math.max(request.ttlSeconds, limits.leaseTtlSecondsMin);
    const id = request.id === 0n ? freshLeaseId() : request.id;
    const lease = { id, ttlSeconds, expiresAtMs: this.#driver.nowMs() + ttlSeconds * 1000 };
    const operation = { kind: 'leaseGrant', ...lease } as const;
    if (this.#quota !== undefined) await this.#quota.admit(operation);
    const { revision } = await this.#writes.write(operation);
    return { revision, id, ttlSeconds };
  }

  async leaseRevoke(id: LeaseId): Promise<{ revision: Revision }> {
    const { revision } = await this.#writes.write({ kind: 'leaseRevoke', id });
    return { revision };
  }

  async leaseKeepAlive(id: LeaseId): Promise<{ revision: Revision; ttlSeconds: number }> {
    const ttlSeconds = await this.#leases.keepAlive(id);
    return { revision: this.#heads.latest.revision, ttlSeconds };
  }

  async leaseTimeToLive(request: { id: LeaseId; keys: boolean }): Promise<{
    revision: Revision;
    lease: LeaseStatus | undefined;
    remainingSeconds: number;
    keys: readonly Uint8Array[];
  }> {
    const { head, lease, keys } = await this.#driver.read('lease', request, 'quick');
    this.#heads.saw(head);
    const remainingMs = lease === undefined ? 0 : this.#leases.expiresAtMs(lease) - this.#driver.nowMs();
    return { revision: head.revision, lease, remainingSeconds: Math.floor(remainingMs / 1000), keys };
  }

  async leases(): Promise<{ revision: Revision; leases: readonly LeaseStatus[] }> {
    const { head, leases } = await this.#driver.read('leases', null, 'quick');
    this.#heads.saw(head);
    return { revision: head.revision, leases };
  }

  async head(): Promise<Head> {
    const { id, revision, compactRevision } = await this.#driver.read('head', null, 'quick');
    const head = { id, revision, compactRevision };
    this.#heads.saw(head);
    return head;
  }

  size(): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#driver.size();
  }

  async alarms(): Promise<{ head: Head; alarms: readonly Alarm[] }> {
    const found = await this.#driver.read('alarms', null, 'quick');
    this.#heads.saw(found.head);
    return found;
  }

  async raiseAlarm(alarm: Alarm): Promise<{ revision: Revision; raised: boolean }> {
    const { revision, raised } = await this.#writes.write({ kind: 'alarmRaise', alarm });
    if (raised) this.#logger.warn(alarmFields(alarm), 'an alarm was raised');
    return { revision, raised };
  }

  async dropAlarm(alarm: Alarm): Promise<{ revision: Revision; dropped: boolean }> {
    const { revision, dropped } = await this.#writes.write({ kind: 'alarmDrop', alarm });
    if (dropped) this.#logger.info(alarmFields(alarm), 'an alarm was disarmed');
    return { revision, dropped };
  }

  async close(): Promise<void> {
    this.#stopAutoCompaction();
    await this.#compactor.stop();
    await this.#leases.stop();
    await this.#members.stop();
    await this.#driver.close();
  }

  #quotaOf({ quotaBytes: bytes, self, logger }: SqlStoreOptions): Quota | undefined {
    if (bytes <= 0) return undefined;
    logger.info({ quotaBytes: bytes }, 'the quota of the database is enforced');
    const alarm = { memberId: self.id, number: alarmNumbers.noSpace };
    return new Quota(this.#driver, {
      bytes,
      raise: async (sizeBytes) => {
        const { raised } = await this.raiseAlarm(alarm);
        if (raised) logger.warn({ sizeBytes, quotaBytes: bytes }, 'the quota is reached: writes are refused');
      },
    });
  }
}

/** What a log says of an alarm; ids as clients print them. */
function alarmFields({ memberId, number }: Alarm): { readonly member: string; readonly alarm: number } {
  return { member: memberId.toString(16), alarm: number };
}

/** 63 bits, never 0. */
function freshLeaseId(): LeaseId {
  return (randomBytes(8).readBigUInt64BE() >> 1n) | 1n;
}

function eventSource(
  driver: Driver,
  heads: HeadTracker,
  writes: WriteQueue,
  readHead: () => Promise<Head>,
): EventSource {
  const seen = (page: PackedEventPage): EventPage => {
    heads.saw(page.head);
    return unpacked(page);
  };
  return {
    get pollMs() {
      return driver.pollMs;
    },
    get latestHead() {
      return heads.latest;
    },
    onHead: (listener) => heads.onHead(listener),
    readHead,
    follow: (follower) =>
      writes.follow(follower && { next: () => follower.next(), take: (page) => follower.take(page && unpacked(page)) }),
    eventsAfter: async (request) => seen(await driver.read('eventsAfter', request, 'quick')),
    eventsOfKeys: async (request) => seen(await driver.read('eventsOfKeys', request, 'bulk')),
    idBefore: async (revision) => {
      const found = await driver.read('idBefore', revision, 'quick');
      heads.saw(found.head);
      return found;
    },
  };
}

function unpacked({ events, throughId, head }: PackedEventPage): EventPage {
  return { events: unpackEvents(events), throughId, head };
}
