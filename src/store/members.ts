/** The instances over this database: this one says that it is there, and learns of the others. */
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { Member, MemberId } from '../mvcc/operations.ts';
import type { ReadQueue } from './read-queue.ts';
import { internal, type Requester } from './requester.ts';
import type { WriteQueue } from './write-queue.ts';

export class Members {
  readonly #driver: Driver;
  readonly #reads: ReadQueue;
  readonly #writes: WriteQueue;
  readonly #self: Member;
  readonly #logger: Logger;
  #known: readonly Member[];
  #leader: MemberId;
  #heartbeats = 0;
  #leaderChanges = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    driver: Driver,
    writes: WriteQueue,
    options: { readonly reads: ReadQueue; readonly self: Member; readonly logger: Logger },
  ) {
    this.#driver = driver;
    this.#reads = options.reads;
    this.#writes = writes;
    this.#self = options.self;
    this.#logger = options.logger;
    this.#known = [options.self];
    this.#leader = options.self.id;
  }

  /** As of the last time this one asked; by id, never empty. */
  get known(): readonly Member[] {
    return this.#known;
  }

  /** The one that was named, or the first by id. As of then. */
  get leader(): MemberId {
    return this.#leader;
  }

  /** How often another instance was the leader than before. */
  get leaderChanges(): number {
    return this.#leaderChanges;
  }

  start(): void {
    void this.#heartbeat();
    this.#timer = setInterval(() => void this.#heartbeat(), limits.memberHeartbeatIntervalMs);
    this.#timer.unref();
  }

  /** Those that are there now, this one among them. */
  async list(requester: Requester): Promise<readonly Member[]> {
    const sinceMs = this.#driver.nowMs() - limits.memberSilenceMsMax;
    const { members, namedLeader } = await this.#reads.read('membersSince', sinceMs, { requester });
    const others = members.filter(({ id }) => id !== this.#self.id);
    this.#known = [...others, this.#self].sort((a, b) => (a.id < b.id ? -1 : 1));
    const leader = namedLeader ?? this.#known[0]?.id ?? this.#self.id;
    if (leader !== this.#leader) this.#leaderChanges += 1;
    this.#leader = leader;
    return this.#known;
  }

  /** Forgets one that ended without saying so. */
  async remove(id: MemberId, requester: Requester): Promise<'removed' | 'running' | 'unknown'> {
    const silentSinceMs = this.#driver.nowMs() - limits.memberRunsMsMax;
    return (await this.#writes.write({ kind: 'memberRemove', id, silentSinceMs }, requester)).outcome;
  }

  /** Names one that is there the leader. */
  async nameLeader(id: MemberId, requester: Requester): Promise<void> {
    await this.#writes.write({ kind: 'leaderName', id }, requester);
    await this.list(requester);
  }

  /** Says good-bye, if the database is there; if not, the others notice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writes.write({ kind: 'memberDrop', id: this.#self.id }).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'the other instances are not told of the end');
    });
  }

  async #heartbeat(): Promise<void> {
    try {
      const nowMs = this.#driver.nowMs();
      const isCleanup = this.#heartbeats++ % limits.memberHeartbeatsPerCleanup === 0;
      const forgetBeforeMs = isCleanup ? nowMs - limits.memberForgottenAfterMs : undefined;
      await this.#writes.write({ kind: 'memberAnnounce', member: this.#self, nowMs, forgetBeforeMs });
      await this.list(internal);
    } catch (error) {
      this.#logger.debug({ err: error }, 'the other instances are not told; the next beat tries again');
    }
  }
}
