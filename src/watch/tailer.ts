import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Revision, RowId } from '../mvcc/operations.ts';
import type { Head } from '../mvcc/results.ts';
import type { BatchEvents, EventPage, EventSource } from './event-source.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';

interface CatchUpWaiter {
  /** The head of the first snapshot taken after the question; undefined: not read yet. */
  throughId: RowId | undefined;
  resolve(revision: Revision): void;
}

/** What the tailer is told, and tells. */
export interface TailerOptions {
  readonly source: EventSource;
  readonly logger: Logger;
  /** Rows read at once. */
  readonly countMax: number;
  /** The events between two positions, all of them that still exist, never half a transaction. Must not throw. */
  deliver(page: EventPage, from: Position, to: Position): void;
}

/**
 * Whom the tailer delivers to. Watchers want events soon: another instance's commits are looked for. For the read cache alone nothing is asked for: it reads on when a head
 * shows that something was committed.
 */
export type TailerConsumer = 'none' | 'cache' | 'watchers';

/**
 * Follows the log for all watchers of this process: a commit wakes it, or the timer, and it reads on from where it is, a
 * bounded page at a time. It outlives the database's absence. While it rests it only remembers the newest head.
 */
export class Tailer {
  readonly #options: TailerOptions;
  readonly #stopListening: readonly (() => void)[];
  readonly #waiters: CatchUpWaiter[] = [];
  #position: Position = { id: 0, revision: 0 };
  #consumer: TailerConsumer = 'none';
  #isClosed = false;
  /** Another instance may have written: only a read tells. */
  #isHinted = false;
  #endWait: (() => void) | undefined;
  #failureCount = 0;
  #isOutageLogged = false;
  #pollMs: number;
  /** When the database last showed its head: to a look, a read or a batch of writes. */
  #polledMs = Number.NEGATIVE_INFINITY;
  /** Since when something is known to be committed that was not delivered. */
  #lagSinceMs: number | undefined;

  constructor(options: TailerOptions) {
    this.#options = options;
    const { source } = options;
    this.#pollMs = source.pollMs.min;
    this.#stopListening = [source.onHead(() => this.#onHead()), source.onHint(() => this.#onHint())];
    source.follow({ needsEvents: () => !this.#isIdle, take: (events) => this.#take(events) });
    void this.#run();
  }

  /** Every event up to here was delivered. Moves on without delivering while the tailer rests. */
  get position(): Position {
    return this.#isIdle ? positionOf(this.#options.source.latestHead) : this.#position;
  }

  /** How far delivery is behind what is known to be committed. */
  get lag(): { readonly ids: number; readonly ms: number } {
    if (this.#lagSinceMs === undefined) return { ids: 0, ms: 0 };
    return { ids: this.#idsBehind, ms: performance.now() - this.#lagSinceMs };
  }

  /** Delivers to these from now on, at first what comes after the newest head. */
  serve(consumer: TailerConsumer): void {
    if (consumer === this.#consumer) return;
    if (consumer === 'none') {
      this.#stopReading();
      return;
    }
    this.#position = this.position;
    this.#consumer = consumer;
    this.#wake();
  }

  /** Stops to read: nobody watches. */
  #stopReading(): void {
    this.#consumer = 'none';
    this.#isHinted = false;
    this.#lagSinceMs = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(this.position.revision);
  }

  /** Resolves when everything that was committed at the time of the call, by any instance, was delivered: through this revision. */
  catchUp(): Promise<Revision> {
    if (this.#isIdle) return Promise.resolve(this.position.revision);
    return new Promise((resolve) => {
      this.#waiters.push({ throughId: undefined, resolve });
      this.#wake();
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    this.#options.source.follow(undefined);
    this.#stopReading();
    this.#wake();
  }

  get #isIdle(): boolean {
    return this.#consumer === 'none';
  }

  /** Whether there is something to read. It is asked before every wait, so no wake-up is lost. */
  get #isDue(): boolean {
    if (this.#isIdle) return false;
    return this.#isHinted || this.#waiters.length > 0 || this.#idsBehind > 0;
  }

  get #idsBehind(): number {
    return this.#options.source.latestHead.id - this.#position.id;
  }

  #onHead(): void {
    if (!this.#isDue) return;
    if (this.#idsBehind > 0) this.#lagSinceMs ??= performance.now();
    this.#wake();
  }

  /** However many come, and whatever they say: the next read answers all of them. */
  #onHint(): void {
    if (this.#consumer !== 'watchers') return;
    this.#isHinted = true;
    this.#wake();
  }

  /** Events of a batch that another process's write, or a batch of ours that is not answered yet, stands before are read with what stands there. */
  #take(events: BatchEvents): void {
    if (this.#isIdle || events.afterId !== this.#position.id) return;
    this.#accept(events);
    this.#answerWaiters();
    if (this.#consumer === 'cache') this.#wake();
  }

  #wake(): void {
    this.#endWait?.();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      if (!this.#isDue) await this.#wait(this.#untilPollMs);
      try {
        if (!this.#isDue && this.#untilPollMs === 0) await this.#poll();
        await this.#waitForOwnEvents();
        if (this.#isDue) await this.#readToHead();
      } catch (error) {
        this.#reportFailure(error);
        // What was to be read is still to be read.
        this.#isHinted = !this.#isIdle;
        await this.#pauseAfterFailure();
      }
    }
  }

  /** Undefined: it does not look. */
  get #untilPollMs(): number | undefined {
    if (this.#consumer !== 'watchers') return undefined;
    return Math.max(0, this.#polledMs + this.#pollMs - performance.now());
  }

  /** For the cache alone: events of this process's writes come by themselves, a little after a head has shown them. Reading them would cost more than the cache saves. */
  async #waitForOwnEvents(): Promise<void> {
    const endMs = performance.now() + watchLimits.ownEventsWaitMs;
    const mayCome = () => this.#consumer === 'cache' && this.#isDue && this.#options.source.isWriting;
    for (
      let leftMs: number = watchLimits.ownEventsWaitMs;
      mayCome() && leftMs > 0;
      leftMs = endMs - performance.now()
    ) {
      await this.#wait(leftMs);
    }
  }

  /** Asks for the head: whether another instance has written. The more it has, the sooner the next look. */
  async #poll(): Promise<void> {
    if (this.#isClosed) return;
    await this.#options.source.readHead();
    this.#polled();
    const { min, max } = this.#options.source.pollMs;
    this.#pollMs = this.#isDue ? min : Math.min(this.#pollMs * 2, max);
  }

  #polled(): void {
    this.#polledMs = performance.now();
    this.#reportRecovery();
  }

  /** Reads pages until one reaches the head of its own snapshot. */
  async #readToHead(): Promise<void> {
    const { source, countMax } = this.#options;
    for (let isBehind = true; isBehind && !this.#isIdle; ) {
      const from = this.#position;
      this.#isHinted = false;
      const asking = this.#waiters.filter(({ throughId }) => throughId === undefined);
      const page = await source.eventsAfter({ afterId: from.id, countMax });
      // Another page came first, or nobody watched for a moment: what was read begins elsewhere.
      if (this.#isIdle || from !== this.#position) continue;
      this.#accept(page);
      for (const waiter of asking) waiter.throughId = page.head.id;
      this.#answerWaiters();
      isBehind = this.#position.id < page.head.id || this.#waiters.length > 0;
    }
  }

  #accept(page: EventPage): void {
    const from = this.#position;
    const to = endOf(page, from);
    this.#polled();
    if (to.id <= from.id) return;
    this.#position = to;
    if (this.#idsBehind <= 0) this.#lagSinceMs = undefined;
    this.#options.deliver(page, from, to);
  }

  #answerWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.throughId !== undefined && waiter.throughId <= this.#position.id)
        waiter.resolve(this.#position.revision);
      else this.#waiters.push(waiter);
    }
  }

  /** Until woken, or for so long; undefined: until woken. */
  async #wait(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    this.#endWait = resolve;
    await promise;
    this.#endWait = undefined;
    clearTimeout(timer);
  }

  async #pauseAfterFailure(): Promise<void> {
    const ms = Math.min(watchLimits.retryMsMin * 2 ** (this.#failureCount - 1), watchLimits.retryMsMax);
    await sleep(ms, undefined, { ref: false });
  }

  #reportFailure(error: unknown): void {
    this.#failureCount += 1;
    const { logger } = this.#options;
    if (!(error instanceof DriverError)) logger.error({ error }, 'reading events failed; trying again');
    else if (this.#consumer === 'watchers' && !this.#isOutageLogged) {
      this.#isOutageLogged = true;
      logger.warn({ error }, 'watches wait: the database does not answer; trying again');
    }
  }

  #reportRecovery(): void {
    if (this.#isOutageLogged) this.#options.logger.info('watches go on: the database answers again');
    this.#isOutageLogged = false;
    this.#failureCount = 0;
  }
}

function positionOf(head: Head): Position {
  return { id: head.id, revision: head.revision };
}

/** An empty page has seen everything up to its head: there was nothing to deliver. */
function endOf(page: EventPage, from: Position): Position {
  const last = page.events.at(-1);
  if (!last || page.throughId >= page.head.id) return positionOf(page.head);
  return { id: page.throughId, revision: Math.max(from.revision, last.revision) };
}
