/** The instances over this database: this one says that it is there, and learns of the others. */
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type { Member } from '../mvcc/operations.ts';
import type { WriteQueue } from './write-queue.ts';

export class Members {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #self: Member;
  readonly #logger: Logger;
  #known: readonly Member[];
  #beats = 0;
  #leaderChanges = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(driver: Driver, writes: WriteQueue, options: { readonly self: Member; readonly logger: Logger }) {
    this.#driver = driver;
    this.#writes = writes;
    this.#self = options.self;
    this.#logger = options.logger;
    this.#known = [options.self];
  }

  /** As of the last time this one asked; by id, never empty. */
  get known(): readonly Member[] {
    return this.#known;
  }

  /** How often another instance was named the leader than before. The first of all by id is: see `known`. */
  get leaderChanges(): number {
    return this.#leaderChanges;
  }

  start(): void {
    void this.#beat();
    this.#timer = setInterval(() => void this.#beat(), limits.memberBeatIntervalMs);
    this.#timer.unref();
  }

  /** Those that are there now, this one among them. */
  async list(): Promise<readonly Member[]> {
    const found = await this.#driver.read('membersSince', this.#driver.nowMs() - limits.memberSilenceMsMax, 'quick');
    const [leader] = this.#known;
    const others = found.filter(({ id }) => id !== this.#self.id);
    this.#known = [...others, this.#self].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (this.#known[0]?.id !== leader?.id) this.#leaderChanges += 1;
    return this.#known;
  }

  /** Says good-bye, if the database is there; if not, the others notice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writes.write({ kind: 'memberDrop', id: this.#self.id }).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'the other instances are not told of the end');
    });
  }

  async #beat(): Promise<void> {
    try {
      const nowMs = this.#driver.nowMs();
      const isCleaning = this.#beats++ % limits.memberBeatsPerCleaning === 0;
      const forgetBeforeMs = isCleaning ? nowMs - limits.memberForgottenAfterMs : undefined;
      await this.#writes.write({ kind: 'memberAnnounce', member: this.#self, nowMs, forgetBeforeMs });
      await this.list();
    } catch (error) {
      this.#logger.debug({ err: error }, 'the other instances are not told; the next beat tries again');
    }
  }
}
