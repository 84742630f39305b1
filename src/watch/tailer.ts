import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLog } from '../kit/retry-log.ts';
import type { Logger } from '../logger.ts';
import type { Revision, RowId } from '../mvcc/ids.ts';
import type { Head } from '../mvcc/results.ts';
import type { BatchEvents, EventPage, EventSource } from './events/event-source.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';

/** Calls of `catchUp` between two reads, which share an answer. */
interface CatchUp {
  /** A read for these calls has begun. Later calls need another one. */
  isBegun: boolean;
  /** The head of the first snapshot taken after the calls; undefined: not read yet. */
  throughId: RowId | undefined;
  readonly answer: PromiseWithResolvers<Revision>;
}

/** The source and the consumer of events. */
export interface TailerOptions {
  readonly source: EventSource;
  readonly logger: Logger;
  /** Rows per read. */
  readonly countMax: number;
  /**
   * Receives all events that still exist between two positions, never a part of a transaction. Must
   * not throw.
   */
  deliver(page: EventPage, from: Position, to: Position): void;
}

/**
 * The consumer of events. For watchers, the tailer polls for commits of other instances. For the
 * read cache alone it does not poll: it reads when a head shows a commit.
 */
export type TailerConsumer = 'none' | 'cache' | 'watchers';

/**
 * Follows the log for all watchers of this process. A commit or the timer wakes it, and it reads on
 * from its position, a bounded page at a time. It retries during an outage of the database. Without
 * a consumer it only remembers the newest head.
 */
export class Tailer {
  readonly #options: TailerOptions;
  readonly #stopListening: readonly (() => void)[];
  /** In the order of the calls. During an outage at most one is added for each failed read. */
  readonly #catchUps: CatchUp[] = [];
  #position: Position = { id: 0, revision: 0 };
  #consumer: TailerConsumer = 'none';
  #isClosed = false;
  /** Another instance may have written; only a read shows whether it has. */
  #isHinted = false;
  #endWait: (() => void) | undefined;
  #failureCount = 0;
  readonly #retries: RetryLog;
  #pollMs: number;
  /** When the database last returned its head: for a poll, a read or a batch of writes. */
  #polledMs = Number.NEGATIVE_INFINITY;
  /** Since when a known commit is not delivered. */
  #lagSinceMs: number | undefined;

  constructor(options: TailerOptions) {
    this.#options = options;
    this.#retries = new RetryLog(options.logger, 'reading events failed; retrying');
    const { source } = options;
    this.#pollMs = source.pollMs.min;
    this.#stopListening = [source.onHead(() => this.#onHead()), source.onHint(() => this.#onHint())];
    source.follow({
      needsEvents: () => !this.#isIdle,
      take: (events) => this.#take(events),
      readThrough: async (revision) => {
        if (this.position.revision < revision) await this.catchUp();
      },
    });
    void this.#run();
  }

  /** Every event up to this position was delivered. Without a consumer, it is the newest head. */
  get position(): Position {
    return this.#isIdle ? positionOf(this.#options.source.latestHead) : this.#position;
  }

  /** How far delivery is behind the newest known commit. */
  get lag(): { readonly ids: number; readonly ms: number } {
    if (this.#lagSinceMs === undefined) return { ids: 0, ms: 0 };
    return { ids: this.#idsBehind, ms: performance.now() - this.#lagSinceMs };
  }

  /** Sets the consumer. It receives the events after the newest head. */
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

  /** Stops reading, because there is no consumer. */
  #stopReading(): void {
    this.#consumer = 'none';
    this.#isHinted = false;
    this.#lagSinceMs = undefined;
    for (const { answer } of this.#catchUps.splice(0)) answer.resolve(this.position.revision);
  }

  /**
   * Resolves when everything that any instance committed before the call is delivered, with the
   * revision reached.
   */
  catchUp(): Promise<Revision> {
    if (this.#isIdle) return Promise.resolve(this.position.revision);
    let shared = this.#catchUps.at(-1);
    if (shared === undefined || shared.isBegun) {
      shared = { isBegun: false, throughId: undefined, answer: Promise.withResolvers() };
      this.#catchUps.push(shared);
      this.#wake();
    }
    return shared.answer.promise;
  }

  /** The database has lost its newest rows: continues after the head that is left. */
  rewind(): void {
    if (this.#isIdle) return;
    this.#position = positionOf(this.#options.source.latestHead);
    this.#lagSinceMs = undefined;
    for (const calls of this.#catchUps) calls.throughId = undefined;
    this.#wake();
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

  /** Whether there is something to read. Checked before every wait, so no wake-up is lost. */
  get #isDue(): boolean {
    if (this.#isIdle) return false;
    return this.#isHinted || this.#catchUps.length > 0 || this.#idsBehind > 0;
  }

  get #idsBehind(): number {
    return this.#options.source.latestHead.id - this.#position.id;
  }

  #onHead(): void {
    if (!this.#isDue) return;
    if (this.#idsBehind > 0) this.#lagSinceMs ??= performance.now();
    this.#wake();
  }

  /** Notes a hint. One read answers any number of hints. */
  #onHint(): void {
    if (this.#consumer !== 'watchers') return;
    this.#isHinted = true;
    this.#wake();
  }

  /**
   * Takes the events of a batch if they begin at the tailer's position. Otherwise a write of
   * another process, or an unanswered batch of this one, comes first, and everything is read
   * together.
   */
  #take(events: BatchEvents): void {
    if (this.#isIdle || events.afterId !== this.#position.id) return;
    this.#accept(events);
    this.#answerCatchUps();
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
        // The failed read is still to be done.
        this.#isHinted = !this.#isIdle;
        await this.#pauseAfterFailure();
      }
    }
  }

  /** Milliseconds until the next poll; undefined: the tailer does not poll. */
  get #untilPollMs(): number | undefined {
    if (this.#consumer !== 'watchers') return undefined;
    return Math.max(0, this.#polledMs + this.#pollMs - performance.now());
  }

  /**
   * For the cache alone: waits for events of this process's writes, which arrive shortly after a
   * head shows them. A read would cost more than the cache saves.
   */
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

  /**
   * Reads the head to find out whether another instance has written. If it has, the next poll comes
   * sooner.
   */
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
      const begun = this.#catchUps.filter(({ throughId }) => throughId === undefined);
      for (const calls of begun) calls.isBegun = true;
      const page = await source.eventsAfter({ afterId: from.id, countMax });
      // The head counts wherever the page begins. While batches of this process follow each other
      // faster than a read, no page begins at the position.
      for (const calls of begun) calls.throughId = page.head.id;
      // Another page may have come first, or the consumer was removed for a moment.
      if (!this.#isIdle && from === this.#position) this.#accept(page);
      this.#answerCatchUps();
      isBehind = this.#position.id < page.head.id || this.#catchUps.length > 0;
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

  #answerCatchUps(): void {
    for (const calls of this.#catchUps.splice(0)) {
      if (calls.throughId !== undefined && calls.throughId <= this.#position.id)
        calls.answer.resolve(this.#position.revision);
      else this.#catchUps.push(calls);
    }
  }

  /** Waits until woken, at most `ms`; undefined: without a limit. */
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
    this.#retries.failed(error);
  }

  #reportRecovery(): void {
    this.#retries.succeeded();
    this.#failureCount = 0;
  }
}

function positionOf(head: Head): Position {
  return { id: head.id, revision: head.revision };
}

/** The position after a page. An empty page covers everything up to its head. */
function endOf(page: EventPage, from: Position): Position {
  const last = page.events.at(-1);
  if (!last || page.throughId >= page.head.id) return positionOf(page.head);
  return { id: page.throughId, revision: Math.max(from.revision, last.revision) };
}
