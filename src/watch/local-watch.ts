import type { Keys, Revision } from '../mvcc/ids.ts';
import type { EventSelection } from './audience/audience.ts';
import { CatchUp } from './catch-up.ts';
import type { EventChunk } from './events/event-chunk.ts';
import type { WatchHub } from './hub.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';
import { Watcher, type WatcherOwner } from './watcher.ts';

/** The keys and events of a local watch. */
export interface LocalWatchOptions {
  /** Each entry is a watch with ordered events. */
  readonly keys: readonly Keys[];
  readonly selection: Pick<EventSelection, 'puts' | 'deletes'>;
  /** Events of later revisions are read, whether they are committed already or not. */
  readonly afterRevision: Revision;
}

export interface LocalEvent {
  readonly type: 'put' | 'delete';
  readonly revision: Revision;
  /** An encoded mvccpb.Event. */
  readonly body: Uint8Array;
}

/**
 * The next events. `compacted`: some events were compacted and the watch has ended; read the store
 * instead.
 */
export type LocalEvents = { readonly events: readonly LocalEvent[]; readonly revision: Revision } | 'compacted';

/**
 * A watch of the server itself, for one reader. It holds a bounded number of bytes. A slow reader
 * makes it fall behind, as with a slow stream, and it reads on from the log. The caller must close
 * it.
 */
export class LocalWatch implements WatcherOwner {
  readonly #hub: WatchHub;
  readonly #watchers: readonly Watcher[];
  #waiting: Exclude<LocalEvents, 'compacted'>[] = [];
  #waitingBytes = 0;
  #isCompacted = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(hub: WatchHub, { keys, selection, afterRevision }: LocalWatchOptions) {
    this.#hub = hub;
    const requested = {
      startRevision: afterRevision + 1,
      selection: { ...selection, previous: false },
      progressNotify: false,
      fragment: false,
    };
    this.#watchers = keys.map((each) => {
      const audience = hub.audience(each, requested.selection);
      const watcher = new Watcher(this, 0n, audience, { ...requested, keys: each }, hub.revision);
      hub.attach(watcher);
      return watcher;
    });
    for (const watcher of this.#watchers) hub.begin(watcher);
  }

  /** Resolves as soon as there are new events. Only one call at a time. */
  async next(): Promise<LocalEvents> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#given(next);
        return next;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isCompacted) return 'compacted';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends the watch. A waiting `next` does not resolve any more. */
  close(): void {
    for (const watcher of this.#watchers) this.#hub.detach(watcher, 'closed');
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#drained?.resolve();
  }

  get hasSpace(): boolean {
    return this.#waitingBytes < watchLimits.localBacklogBytesMax;
  }

  get pendingBytes(): number {
    return this.#waitingBytes;
  }

  drained(): Promise<void> {
    if (this.hasSpace) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  sendLive(watcher: Watcher, chunks: readonly EventChunk[], from: Position): Position | undefined {
    let position = from;
    for (const chunk of chunks) {
      if (!this.hasSpace) return position;
      this.#take(watcher, chunk, chunk.end.revision);
      position = chunk.end;
    }
    return undefined;
  }

  flush(): void {
    // Nothing is queued.
  }

  sendCatchUp(watcher: Watcher, chunk: EventChunk, revision: Revision): void {
    this.#take(watcher, chunk, revision);
  }

  follow(watcher: Watcher): void {
    new CatchUp(this.#hub, watcher).run().catch((error: unknown) => {
      this.#failure = { error };
      this.#wake?.();
    });
  }

  endCompacted(watcher: Watcher): void {
    this.#hub.detach(watcher, 'compacted');
    this.#isCompacted = true;
    this.#wake?.();
  }

  stop(): void {
    this.close();
  }

  /** Copies the events, because the memory of the log is reused. */
  #take({ startRevision }: Watcher, chunk: EventChunk, revision: Revision): void {
    const events = chunk.events
      .filter((event) => event.revision >= startRevision)
      .map((event) => ({ type: event.type, revision: event.revision, body: Buffer.from(event.body) }));
    if (events.length === 0) return;
    this.#waiting.push({ events, revision });
    this.#waitingBytes += bytesOf(events);
    this.#wake?.();
  }

  #given({ events }: { readonly events: readonly LocalEvent[] }): void {
    this.#waitingBytes -= bytesOf(events);
    if (!this.hasSpace) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}

function bytesOf(events: readonly LocalEvent[]): number {
  return events.reduce((sum, { body }) => sum + body.length, 0);
}
