/** The instances that use this database. This instance announces itself and reads the others. */

import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { isDriverError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MemberId } from '../mvcc/ids.ts';
import type { Member } from '../mvcc/operations.ts';
import type { Coalescer } from './queues/coalescer.ts';
import { internal, type Requester } from './queues/requester.ts';
import { sharedRead } from './queues/shared-read.ts';
import type { ReadQueue } from './reads/read-queue.ts';
import type { CoalescerStatistics } from './store-statistics.ts';
import type { WriteQueue } from './writes/write-queue.ts';

export class Members {
  readonly #driver: Driver;
  readonly #reads: Coalescer<null, readonly Member[]>;
  readonly #writes: WriteQueue;
  readonly #self: Member;
  readonly #logger: Logger;
  #known: readonly Member[];
  #leader: MemberId;
  #heartbeats = 0;
  #leaderChanges = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    driver: Driver,
    writes: WriteQueue,
    options: { readonly reads: ReadQueue; readonly self: Member; readonly logger: Logger },
  ) {
    this.#driver = driver;
    this.#reads = sharedRead(() => this.#read(options.reads));
    this.#writes = writes;
    this.#self = options.self;
    this.#logger = options.logger;
    this.#known = [options.self];
    this.#leader = options.self.id;
  }

  /** The members at the last read, ordered by id; never empty. */
  get known(): readonly Member[] {
    return this.#known;
  }

  /** The named leader at the last read, or else the member with the lowest id. */
  get leader(): MemberId {
    return this.#leader;
  }

  /** How often the leader has changed. */
  get leaderChanges(): number {
    return this.#leaderChanges;
  }

  start(): void {
    void this.#beat();
  }

  get reads(): CoalescerStatistics {
    return this.#reads.statistics;
  }

  /** Reads the members that are running now, this one included. */
  list(requester: Requester): Promise<readonly Member[]> {
    return this.#reads.read(null, requester);
  }

  async #read(reads: ReadQueue): Promise<readonly Member[]> {
    const sinceMs = this.#driver.nowMs() - limits.memberSilenceMsMax;
    const { members, namedLeader } = await reads.read('membersSince', sinceMs, { requester: internal });
    const others = members.filter(({ id }) => id !== this.#self.id);
    this.#known = [...others, this.#self].sort((a, b) => (a.id < b.id ? -1 : 1));
    const leader = namedLeader ?? this.#known[0]?.id ?? this.#self.id;
    if (leader !== this.#leader) this.#leaderChanges += 1;
    this.#leader = leader;
    return this.#known;
  }

  /** Removes a member that ended without an announcement. */
  async remove(id: MemberId, requester: Requester): Promise<'removed' | 'running' | 'unknown'> {
    const silentSinceMs = this.#driver.nowMs() - limits.memberRunsMsMax;
    return (await this.#writes.write({ kind: 'memberRemove', id, silentSinceMs }, requester)).outcome;
  }

  /** Names a running member the leader. */
  async nameLeader(id: MemberId, requester: Requester): Promise<void> {
    await this.#writes.write({ kind: 'leaderName', id }, requester);
    await this.list(requester);
  }

  /**
   * Removes this member, if the database is available. If not, the others notice the missing
   * heartbeat.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#writes.write({ kind: 'memberDrop', id: this.#self.id }).catch((error: unknown) => {
      this.#logger.debug(
        { err: error },
        'removing this member failed; it is listed until its last heartbeat is too old',
      );
    });
  }

  /**
   * Repeats the heartbeat, more often while the database is away. When the database is back, this
   * instance serves, and a command must soon see that the database is in use.
   */
  async #beat(): Promise<void> {
    const isAway = (await this.#heartbeat()) === 'away';
    if (this.#isStopped) return;
    const pauseMs = isAway ? limits.memberHeartbeatRetryMs : limits.memberHeartbeatIntervalMs;
    this.#timer = setTimeout(() => void this.#beat(), pauseMs);
    this.#timer.unref();
  }

  async #heartbeat(): Promise<'done' | 'away' | 'failed'> {
    try {
      const nowMs = this.#driver.nowMs();
      const isCleanup = this.#heartbeats++ % limits.memberHeartbeatsPerCleanup === 0;
      const forgetBeforeMs = isCleanup ? nowMs - limits.memberForgottenAfterMs : undefined;
      await this.#writes.write({ kind: 'memberAnnounce', member: this.#self, nowMs, forgetBeforeMs });
      await this.list(internal);
      return 'done';
    } catch (error) {
      this.#logger.debug({ err: error }, 'member heartbeat failed; the next heartbeat retries');
      return isDriverError(error, 'lost') ? 'away' : 'failed';
    }
  }
}
