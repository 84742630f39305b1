/** The store over a driver: sends each operation along the path that suits it. */

import type { Logger } from 'pino';
import type { SnapshotOptions } from '../backend/snapshot-reading.ts';
import type { Config } from '../config/config.ts';
import type { Driver, ReadLane } from '../drivers/driver.ts';
import { etcdError } from '../errors.ts';
import { markSingleUse } from '../kit/memory.ts';
import { within } from '../kit/within.ts';
import { limits } from '../limits.ts';
import { randomId } from '../mvcc/cluster/random-id.ts';
import type { LeaseId, MemberId, Revision } from '../mvcc/ids.ts';
import {
  type Alarm,
  alarmNumbers,
  type DeleteOperation,
  type Member,
  type PutOperation,
  type RangeOperation,
  type TxnOperation,
} from '../mvcc/operations.ts';
import type { PackedEventPage } from '../mvcc/reads/events.ts';
import { unpackEvents } from '../mvcc/reads/events.ts';
import {
  type DeleteResult,
  type Head,
  keyValueBytes,
  type LeaseStatus,
  type PutResult,
  type RangeResult,
  type Rewind,
  type TxnResult,
} from '../mvcc/results.ts';
import { ReadCache } from '../read-cache/read-cache.ts';
import type { KeyText } from '../sql/key-text.ts';
import { defragmentBoundsMs, snapshotBoundsMs } from '../statistics/bounds.ts';
import { TimedWork } from '../statistics/timed-work.ts';
import type { EventFollower, EventPage, EventSource } from '../watch/events/event-source.ts';
import { AuthStore } from './auth-store.ts';
import { startAutoCompaction } from './compaction/auto-compaction.ts';
import { CompactionHolds } from './compaction/compaction-holds.ts';
import { Compactor } from './compaction/compactor.ts';
import { Defragmenter } from './compaction/defragmenter.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Members } from './members.ts';
import { OperationCounts } from './operation-counts.ts';
import { Coalescer } from './queues/coalescer.ts';
import { PacedAnswers } from './queues/paced-answers.ts';
import { internal, type Requester } from './queues/requester.ts';
import { sharedRead } from './queues/shared-read.ts';
import { type AnsweredHead, HeadTracker, type KnownHead } from './reads/head-tracker.ts';
import { KeyHasher, type KeysHash } from './reads/key-hasher.ts';
import { ObservedReads } from './reads/observed-reads.ts';
import { PointReader } from './reads/point-reader.ts';
import { RangeReader } from './reads/range-reader.ts';
import { ReadQueue } from './reads/read-queue.ts';
import { type Snapshot, Snapshots } from './reads/snapshots.ts';
import { SlowOperations } from './slow-operations.ts';
import { SnapshotClaims } from './snapshot-claims.ts';
import type { LeaseState, Permitted, Store } from './store.ts';
import type { QueueStatistics, StoreStatistics } from './store-statistics.ts';
import { tracedParts } from './traced-work.ts';
import { checkKeys } from './writes/check-keys.ts';
import { keysBytes } from './writes/operation-bytes.ts';
import { Quota } from './writes/quota.ts';
import { WriteHealth } from './writes/write-health.ts';
import { WriteQueue } from './writes/write-queue.ts';

export interface SqlStoreOptions extends Pick<Config, 'autoCompaction' | 'warningApplyMs'> {
  /** This instance, as the other instances see it. */
  readonly self: Member;
  /** 0 or less: no quota. */
  readonly quotaBytes: number;
  /** Bytes of key-values in memory. 0: no read cache. */
  readonly readCacheBytes: number;
  readonly logger: Logger;
}

/** The purpose of a read of the head: a list that the cache may answer, or something small. */
type HeadReader = RangeOperation | 'other';

export class SqlStore implements Store {
  readonly events: EventSource;
  readonly auth: AuthStore;
  readonly snapshotClaims: SnapshotClaims;
  readonly #driver: Driver;
  readonly #heads = new HeadTracker();
  readonly #cache: ReadCache;
  readonly #counts = new OperationCounts();
  readonly #defragmentations = new TimedWork(defragmentBoundsMs);
  readonly #snapshotTimes = new TimedWork(snapshotBoundsMs);
  readonly #slow: SlowOperations;
  readonly #headReads: Coalescer<HeadReader, Head>;
  readonly #sizeReads: Coalescer<null, { bytes: number; inUseBytes: number }>;
  readonly #alarmReads: Coalescer<null, { head: Head; alarms: readonly Alarm[] }>;
  readonly #reads: Readonly<Record<ReadLane, ReadQueue>>;
  readonly #paced = new PacedAnswers();
  readonly #points: PointReader;
  readonly #ranges: RangeReader;
  readonly #writes: WriteQueue;
  readonly #writeHealth: WriteHealth;
  readonly #leases: LeaseKeeper;
  readonly #compactor: Compactor;
  readonly #members: Members;
  readonly #defragmenter: Defragmenter;
  #follower: EventFollower | undefined;
  /** Undefined: only the disk limits the size. */
  readonly #quota: Quota | undefined;
  readonly #logger: Logger;
  readonly #hasher: KeyHasher;
  readonly #snapshots: Snapshots;
  readonly #stopAutoCompaction: () => void;

  /** The store owns the driver: `close` closes it. */
  constructor(driver: Driver, options: SqlStoreOptions) {
    this.#cache = new ReadCache({ bytesMax: options.readCacheBytes, latestHead: () => this.#heads.latest });
    const observe = (answer: AnsweredHead, known: KnownHead) => {
      if (!this.#heads.isCurrent(known)) return;
      this.#heads.observe(answer, known);
      this.auth.observeHead(answer.head);
      this.#cache.observeHead(answer.head);
    };
    this.#heads.onRewind((rewind) => this.#rewind(rewind));
    const reads = new ObservedReads(driver, { heads: this.#heads, observe });
    const headNow = () => this.#cache.readOrClear(() => reads.read('head', null, 'quick'));
    this.#driver = driver;
    this.#logger = options.logger;
    this.#slow = new SlowOperations({ thresholdMs: options.warningApplyMs, logger: options.logger });
    const observed = { slow: this.#slow, counts: this.#counts };
    this.#headReads = new Coalescer({
      answer: async (readers) => {
        const head = await headNow();
        return readers.map(() => head);
      },
      bytesOf: (reader) => (reader === 'other' ? 0 : keysBytes(reader.keys)),
      hasLargeReply: (reader) => reader !== 'other',
    });
    const cached = { ...observed, cache: this.#cache, paced: this.#paced };
    this.#reads = { quick: new ReadQueue(reads, 'quick'), bulk: new ReadQueue(reads, 'bulk') };
    this.#points = new PointReader(reads, { ...cached, reads: this.#reads.quick, readHead: headNow });
    this.#ranges = new RangeReader(reads, {
      ...cached,
      reads: this.#reads,
      readHead: (operation, requester) => this.#headReads.read(operation, requester),
    });
    this.#writeHealth = new WriteHealth(driver, options.self.id);
    this.#writes = new WriteQueue(this.#writeHealth, { ...observed, heads: this.#heads, observe });
    this.#leases = new LeaseKeeper(driver, this.#writes, { logger: options.logger, ...observed, reads });
    this.#members = new Members(driver, this.#writes, { ...options, reads: this.#reads.quick });
    this.#quota = this.#quotaOf(options);
    this.#hasher = new KeyHasher(this.#reads.bulk);
    this.#snapshots = new Snapshots(driver, new CompactionHolds(driver, this.#writes, options.logger));
    this.snapshotClaims = new SnapshotClaims(driver, this.#writes);
    this.#compactor = new Compactor(driver, this.#writes, {
      readEvents: async (revision) => this.#follower?.readThrough(revision),
      logger: options.logger,
    });
    this.#defragmenter = new Defragmenter(driver, options.logger);
    this.#sizeReads = sharedRead(() => driver.size());
    this.#alarmReads = sharedRead(() => this.#reads.quick.read('alarms', null, { requester: internal }));
    const readHead = (requester: Requester) => this.head(requester);
    this.auth = new AuthStore(driver, this.#writes, { reads: this.#reads.quick, readHead });
    this.events = eventSource({
      driver,
      reads,
      heads: this.#heads,
      cache: this.#cache,
      writes: this.#writes,
      readHead: () => readHead(internal),
      follow: (follower) => this.#follow(follower),
    });
    this.#leases.start();
    this.#members.start();
    this.#compactor.wake();
    this.#stopAutoCompaction = startAutoCompaction(
      options.autoCompaction,
      {
        revision: async () => (await this.head(internal)).revision,
        compact: (revision) => this.#compactor.compact(revision),
      },
      options.logger,
    );
  }

  members(requester: Requester): Promise<readonly Member[]> {
    return this.#members.list(requester);
  }

  get clusterId(): bigint {
    return this.#driver.clusterId;
  }

  get knownLeader(): MemberId {
    return this.#members.leader;
  }

  removeMember(id: MemberId, requester: Requester): Promise<'removed' | 'running' | 'unknown'> {
    return this.#members.remove(id, requester);
  }

  nameLeader(id: MemberId, requester: Requester): Promise<void> {
    return this.#members.nameLeader(id, requester);
  }

  get knownMembers(): readonly Member[] {
    return this.#members.known;
  }

  get latestHead(): Head {
    return this.#heads.latest;
  }

  range(operation: RangeOperation, requester: Requester): Promise<RangeResult> {
    this.#counts.ranges += 1;
    const { keys } = operation;
    const plain = operation.sort === undefined && operation.revisionFilter === undefined && !operation.countOnly;
    if ('one' in keys && operation.revision <= 0 && plain)
      return this.#points.read({ key: keys.one, withValue: !operation.keysOnly }, requester);
    return this.#ranges.read(operation, requester);
  }

  rangeParts(operation: RangeOperation, requester: Requester): AsyncIterable<RangeResult> {
    this.#counts.ranges += 1;
    const parts = this.#ranges.parts(operation, requester);
    return requester.trace === undefined ? parts : tracedParts(parts, requester.trace);
  }

  async put(operation: PutOperation, { permit, requester }: Permitted): Promise<PutResult> {
    checkKeys(operation, this.#driver.keyLengthMax);
    if (this.#quota !== undefined) await this.#quota.admit(operation, requester);
    return this.#writes.write({ ...operation, ...permit }, requester);
  }

  deleteRange(operation: DeleteOperation, { permit, requester }: Permitted): Promise<DeleteResult> {
    return this.#writes.write({ ...operation, ...permit }, requester);
  }

  async txn(operation: TxnOperation, { permit, requester }: Permitted): Promise<TxnResult> {
    checkKeys(operation, this.#driver.keyLengthMax);
    if (this.#quota !== undefined) await this.#quota.admit(operation, requester);
    const result = await this.#writes.write({ ...operation, ...permit }, requester);
    for (const bytes of keyValueBytes(result)) if (bytes.length > limits.pointValueBytesMax) markSingleUse(bytes);
    return result;
  }

  async compact(
    request: { revision: Revision; physical: boolean },
    { permit, requester }: Permitted,
  ): Promise<{ revision: Revision }> {
    // etcd hashes at every compaction, because it reads all keys then. Here only compactions that
    // wait for the deletion are hashed.
    const hash = request.physical ? await this.#hasher.forCompaction(request.revision, requester) : undefined;
    const revision = await this.#compactor.compact(request.revision, { permit, hash, requester });
    if (request.physical) await this.#compactor.finished();
    return { revision };
  }

  async leaseGrant(
    request: { id: LeaseId; ttlSeconds: number },
    { permit, requester }: Permitted,
  ): Promise<{ revision: Revision; id: LeaseId; ttlSeconds: number }> {
    if (request.ttlSeconds > limits.leaseTtlSecondsMax) throw etcdError('leaseTtlTooLarge');
    const ttlSeconds = Math.max(request.ttlSeconds, limits.leaseTtlSecondsMin);
    const id = request.id === 0n ? randomId() : request.id;
    const operation = { kind: 'leaseGrant', id, ttlSeconds, ...permit } as const;
    if (this.#quota !== undefined) await this.#quota.admit(operation, requester);
    const { revision } = await this.#writes.write(operation, requester);
    this.#leases.granted();
    return { revision, id, ttlSeconds };
  }

  async leaseRevoke(id: LeaseId, { permit, requester }: Permitted): Promise<{ revision: Revision }> {
    const { revision } = await this.#writes.write({ kind: 'leaseRevoke', id, ...permit }, requester);
    return { revision };
  }

  async leaseKeepAlive(
    id: LeaseId,
    isPermitted: () => boolean,
    requester: Requester,
  ): Promise<{ revision: Revision; ttlSeconds: number }> {
    // The revision before the renewal, as in etcd: at a revision at which a lease was revoked, or
    // later, it is never renewed.
    const { revision } = this.#heads.latest;
    const ttlSeconds = await this.#leases.keepAlive(id, isPermitted, requester);
    return { revision, ttlSeconds };
  }

  async leaseTimeToLive(request: { id: LeaseId; keys: boolean }, requester: Requester): Promise<LeaseState> {
    const { head, lease, keys } = await this.#reads.quick.read('lease', request, { requester });
    const remainingMs = lease === undefined ? 0 : this.#leases.remainingMs(lease);
    return { revision: head.revision, lease, remainingSeconds: remainingMs / 1000, keys };
  }

  async leases(
    request: { keys: boolean },
    requester: Requester,
  ): Promise<{ revision: Revision; leases: readonly LeaseStatus[]; keys: readonly KeyText[] }> {
    const { head, leases, keys } = await this.#reads.quick.read('leases', request, { requester });
    const expiresAtMs = (lease: LeaseStatus) => this.#leases.expiresAtMs(lease);
    // The lease that expires next comes first, as in etcd.
    const byExpiry = leases.toSorted((left, right) => expiresAtMs(left) - expiresAtMs(right));
    return { revision: head.revision, leases: byExpiry, keys };
  }

  keyCount(): Promise<number> {
    return this.#ranges.keyCount();
  }

  leaseCount(): Promise<number> {
    return this.#reads.quick.read('leaseCount', null, { requester: internal });
  }

  head(requester: Requester): Promise<Head> {
    return this.#headReads.read('other', requester);
  }

  hashKeys(revision: Revision, requester: Requester & { readonly signal: AbortSignal }): Promise<KeysHash> {
    return this.#hasher.hash(revision, requester);
  }

  hash(options: SnapshotOptions): Promise<{ readonly revision: Revision; readonly hash: number }> {
    return this.#snapshots.hash(options);
  }

  snapshot(options: SnapshotOptions, use: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    return this.#snapshotTimes.run(() => this.#snapshots.take(options, use));
  }

  size(requester: Requester): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#sizeReads.read(null, requester);
  }

  defragment(): Promise<void> {
    return this.#defragmentations.run(() => this.#defragmenter.defragment());
  }

  async alarms(requester: Requester): Promise<{ head: Head; alarms: readonly Alarm[] }> {
    const found = await this.#alarmReads.read(null, requester);
    return { head: found.head, alarms: withOwnAlarms(found.alarms, this.#writeHealth.alarms) };
  }

  get takesWrites(): boolean {
    return this.#driver.fault === undefined;
  }

  async raiseAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision }> {
    const { revision, raised } = await this.#writes.write(
      { kind: 'alarmRaise', alarm, unlessActive: 'same' },
      requester,
    );
    if (raised) this.#logger.warn(alarmFields(alarm), 'alarm raised');
    return { revision };
  }

  async dropAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision; dropped: boolean }> {
    const { revision, dropped } = await this.#writes.write({ kind: 'alarmDrop', alarm }, requester);
    if (dropped) this.#logger.info(alarmFields(alarm), 'alarm disarmed');
    return { revision, dropped };
  }

  async statistics(): Promise<StoreStatistics> {
    return {
      operations: this.#counts,
      writes: this.#writes.statistics,
      pointReads: this.#points.statistics,
      leaseReads: this.#leases.lookUps,
      headReads: this.#headReads.statistics,
      listStarts: this.#ranges.starts,
      bulkReads: this.#reads.bulk.statistics,
      pacedAnswers: this.#paced.statistics,
      sizeReads: this.#sizeReads.statistics,
      alarmReads: this.#alarmReads.statistics,
      memberReads: this.#members.reads,
      otherReads: this.#reads.quick.statistics,
      quotaWaits: this.#quota?.statistics ?? emptyQueue,
      knownCounts: this.#ranges.countUses,
      readCache: { ...this.#cache.uses, bytes: this.#cache.bytes },
      slowOperations: this.#slow.count,
      leaderChanges: this.#members.leaderChanges,
      rewinds: this.#heads.known.rewinds,
      isCompacting: this.#compactor.isRunning,
      defragmentations: this.#defragmentations,
      snapshots: this.#snapshotTimes,
      database: await this.#driver.statistics(),
    };
  }

  async close(msMax: number): Promise<void> {
    const endMs = performance.now() + msMax;
    const writesMsMax = Math.max(0, msMax - limits.databaseCloseMsMax);
    this.#stopAutoCompaction();
    this.#defragmenter.stop();
    // Renewals are acknowledged, so they are the first write. The others may be missed.
    const isFlushed = this.#leases.stop(writesMsMax);
    const others = Promise.all([this.#members.stop(), this.#compactor.stop()]);
    await Promise.all([isFlushed, within(writesMsMax, others, () => {})]);
    await within(Math.max(0, endMs - performance.now()), this.#driver.close(), () => {});
  }

  /**
   * Drops everything that this instance remembers of rows that are gone. Watches are ended by the
   * hub.
   */
  #rewind({ from, to }: Rewind): void {
    this.#logger.error(
      { fromRevision: from.revision, toRevision: to.revision, fromId: from.id, toId: to.id },
      'the database has lost its newest rows: acknowledged writes are gone. Watches end as compacted, and their ' +
        'clients list again. A restored backup or a failover without a synchronous standby does this; ' +
        'see docs/operations.md, "When the database goes back"',
    );
    this.#cache.clear();
    this.#ranges.rewind();
    this.auth.rewind(to);
  }

  #follow(follower: EventFollower | undefined): void {
    this.#follower = follower;
    this.#writes.follow(
      follower && {
        needsEvents: () => follower.needsEvents(),
        take: (events) => follower.take({ ...unpacked(events), afterId: events.afterId }),
      },
    );
  }

  #quotaOf({ quotaBytes: bytes, self, logger }: SqlStoreOptions): Quota | undefined {
    if (bytes <= 0) return undefined;
    logger.info({ quotaBytes: bytes }, 'database quota enforced');
    const alarm = { memberId: self.id, number: alarmNumbers.noSpace };
    return new Quota(this.#driver, {
      bytes,
      raise: async (sizeBytes) => {
        const { raised } = await this.#writes.write({ kind: 'alarmRaise', alarm, unlessActive: 'ofAny' });
        if (!raised) return;
        logger.warn(
          { sizeBytes, quotaBytes: bytes },
          'database quota reached: alarm NOSPACE raised, writes are refused',
        );
      },
    });
  }
}

/** The alarms in the database, and the alarms of this instance. */
function withOwnAlarms(recorded: readonly Alarm[], own: readonly Alarm[]): readonly Alarm[] {
  const isRecorded = ({ memberId, number }: Alarm) =>
    recorded.some((each) => each.memberId === memberId && each.number === number);
  return [...recorded, ...own.filter((each) => !isRecorded(each))];
}
/** The queue statistics without a quota. */
const emptyQueue: QueueStatistics = { waiting: 0, refused: 0, dropped: 0 };

/** The log fields of an alarm, with the id as clients print it. */
function alarmFields({ memberId, number }: Alarm): { readonly member: string; readonly alarm: number } {
  return { member: memberId.toString(16), alarm: number };
}

function eventSource({
  driver,
  reads,
  heads,
  cache,
  writes,
  readHead,
  follow,
}: {
  readonly driver: Driver;
  readonly reads: ObservedReads;
  readonly heads: HeadTracker;
  readonly cache: ReadCache;
  readonly writes: WriteQueue;
  readonly readHead: EventSource['readHead'];
  readonly follow: EventSource['follow'];
}): EventSource {
  const hintListeners = new Set<() => void>();
  driver.onHint((id) => {
    // An instance receives its own notifications too.
    if (id > heads.latest.id) for (const listener of hintListeners) listener();
  });
  return {
    get pollMs() {
      return driver.pollMs;
    },
    get latestHead() {
      return heads.latest;
    },
    cache,
    get isWriting() {
      return writes.statistics.underWay > 0;
    },
    onHead: (listener) => heads.onHead(listener),
    onRewind: (listener) => heads.onRewind(listener),
    onHint: (listener) => {
      hintListeners.add(listener);
      return () => hintListeners.delete(listener);
    },
    readHead,
    follow,
    eventsAfter: async (request) =>
      unpacked(await cache.readOrClear(() => reads.read('eventsAfter', request, 'quick'))),
    eventsOfKeys: async (request) => unpacked(await reads.read('eventsOfKeys', request, 'bulk')),
    idBefore: (revision) => reads.read('idBefore', revision, 'quick'),
  };
}

function unpacked({ events, throughId, head }: PackedEventPage): EventPage {
  return { events: unpackEvents(events), throughId, head };
}
