/**
 * Follows the events under a prefix: keeps the newest in a list with a bound, goes on after a
 * broken connection without a gap, and can be paused.
 */

import { ApiError } from '../api-error.ts';
import type { WatchEvent, WatchReply } from '../messages.ts';
import { type ReceivedEvent, receivedEvent } from './received-event.ts';

/** Rows of the list. A browser draws them within a frame or two. */
export const rowsMax = 1_000;

/** Events that wait during a pause. The list also keeps rows from before the pause. */
export const waitingMax = 800;

/** Pause before the next attempt after a broken connection. */
export const retryMs = 2_000;

export interface FeedOptions {
  /** Opens the watch. `startRevision` undefined: from now on. */
  open(startRevision: number | undefined, signal: AbortSignal): AsyncIterable<WatchReply>;
  /** Called after each change of the state. */
  onChange(): void;
  /** Resolves after a time; rejects or resolves early when the signal aborts. */
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}

/** A row of the list: an event, or the number of events that the list has skipped at this place. */
export type FeedItem =
  | { readonly kind: 'event'; readonly id: number; readonly event: ReceivedEvent; readonly atMs: number }
  | { readonly kind: 'gap'; readonly id: number; readonly count: number };

export type FeedStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The connection broke. The feed goes on after the last event by itself. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'compacted'; readonly oldestRevision: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped' };

export class EventFeed {
  readonly #options: FeedOptions;
  readonly #ending = new AbortController();
  /** Newest first. */
  #items: readonly FeedItem[] = [];
  /** Received during a pause, oldest first. */
  #waiting: FeedItem[] = [];
  #skipped = 0;
  #isPaused = false;
  #status: FeedStatus = { kind: 'connecting' };
  #nextRevision: number | undefined;
  #nextId = 0;
  #received = 0;

  /** `startRevision`: the revision of the first event; undefined: from now on. */
  constructor(startRevision: number | undefined, options: FeedOptions) {
    this.#options = options;
    this.#nextRevision = startRevision;
  }

  /** Newest first, at most `rowsMax`. */
  get items(): readonly FeedItem[] {
    return this.#items;
  }

  get status(): FeedStatus {
    return this.#status;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Events that wait for the end of the pause. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Events of this pause that no longer fit. */
  get skippedCount(): number {
    return this.#skipped;
  }

  /** All events since the start. */
  get receivedCount(): number {
    return this.#received;
  }

  stop(): void {
    this.#ending.abort();
    this.#become({ kind: 'stopped' });
  }

  pause(): void {
    this.#isPaused = true;
    this.#options.onChange();
  }

  /** Shows what waited. Skipped events leave a row with their number. */
  resume(): void {
    this.#isPaused = false;
    const gap: readonly FeedItem[] =
      this.#skipped === 0 ? [] : [{ kind: 'gap', id: this.#nextId++, count: this.#skipped }];
    this.#show([...gap, ...this.#waiting]);
    this.#waiting = [];
    this.#skipped = 0;
    this.#options.onChange();
  }

  /** Follows until `stop`, or until the server refuses. */
  async run(): Promise<void> {
    const { signal } = this.#ending;
    const { wait = timeout } = this.#options;
    while (!signal.aborted) {
      const status = await this.#follow(signal);
      if (signal.aborted) return;
      this.#become(status);
      if (status.kind !== 'broken') return;
      await wait(retryMs, signal);
    }
  }

  /** One connection, until it ends. */
  async #follow(signal: AbortSignal): Promise<FeedStatus> {
    try {
      for await (const reply of this.#options.open(this.#nextRevision, signal)) {
        if (signal.aborted) return { kind: 'stopped' };
        const end = endOf(reply);
        if (end !== undefined) return end;
        this.#take(reply);
      }
      return { kind: 'broken', reason: 'The server closed the connection.' };
    } catch (error) {
      const isRefused = error instanceof ApiError && error.code !== undefined && !isTemporary(error.code);
      return { kind: isRefused ? 'refused' : 'broken', reason: (error as Error).message };
    }
  }

  #take({ header, created, events = [] }: WatchReply): void {
    if (created === true) {
      // A watch from now on begins after the revision at which it was created.
      this.#nextRevision ??= Number(header.revision ?? 0) + 1;
      this.#become({ kind: 'live' });
    }
    if (events.length === 0) return;
    const last = events.at(-1) as WatchEvent;
    this.#nextRevision = Number(last.kv.mod_revision ?? 0) + 1;
    this.#received += events.length;
    const atMs = Date.now();
    const items = events.map(
      (event): FeedItem => ({ kind: 'event', id: this.#nextId++, event: receivedEvent(event), atMs }),
    );
    if (this.#isPaused) this.#hold(items);
    else this.#show(items);
    this.#options.onChange();
  }

  #hold(items: readonly FeedItem[]): void {
    this.#waiting.push(...items);
    const excess = this.#waiting.length - waitingMax;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    this.#skipped += excess;
  }

  #show(oldestFirst: readonly FeedItem[]): void {
    this.#items = [...oldestFirst.toReversed(), ...this.#items].slice(0, rowsMax);
  }

  #become(status: FeedStatus): void {
    this.#status = status;
    this.#options.onChange();
  }
}

/** How a reply ends the watch; undefined if it does not. */
function endOf({ canceled, compact_revision: compacted, cancel_reason: reason }: WatchReply): FeedStatus | undefined {
  if (canceled !== true) return undefined;
  if (compacted !== undefined && compacted !== '0') return { kind: 'compacted', oldestRevision: Number(compacted) };
  return { kind: 'refused', reason: reason ?? 'The server ended the watch without a reason.' };
}

/**
 * gRPC's codes of failures that pass: no answer in time, too many requests, aborted, internal,
 * unavailable.
 */
function isTemporary(code: number): boolean {
  return [4, 8, 10, 13, 14].includes(code);
}

function timeout(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
