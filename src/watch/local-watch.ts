import type { Keys, Revision } from '../mvcc/operations.ts';
import type { EventSelection } from './audience.ts';
import { CatchUp } from './catch-up.ts';
import type { EventChunk } from './event-chunk.ts';
import type { WatchHub } from './hub.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';
import { Watcher, type WatcherOwner } from './watcher.ts';

/** What a part of this process wants to see. */
export interface LocallyWatched {
  /** Each is a watch of its own: events of one come in order. */
  readonly keys: readonly Keys[];
  readonly selection: Pick<EventSelection, 'puts' | 'deletes'>;
  /** Events of later revisions are seen, whether they are there already or not. */
  readonly afterRevision: Revision;
}

export interface SeenEvent {
  readonly type: 'put' | 'delete';
  readonly revision: Revision;
  /** An encoded mvccpb.Event. */
  readonly body: Uint8Array;
}

/** What came next. `compacted`: some events are gone, and with them the watch; the store has to be asked. */
export type Seen = { readonly events: readonly SeenEvent[]; readonly revision: Revision } | 'compacted';

/**
 * A watch of the process's own, for one reader that asks for what came next. It holds a bounded number of bytes: a reader that is slow makes it fall behind,
 * as a slow stream does, and it reads on from the log. Whoever opens it closes it.
 */
export class LocalWatch implements WatcherOwner {
  readonly #hub: WatchHub;
  readonly #watchers: readonly Watcher[];
  #waiting: Exclude<Seen, 'compacted'>[] = [];
  #waitingBytes = 0;
  #isCompacted = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(hub: WatchHub, { keys, selection, afterRevision }: LocallyWatched) {
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

  /** Resolves as soon as something came that was not given yet. One reader asks at a time. */
  async next(): Promise<Seen> {
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

  /** A question that waits is not answered any more. */
  close(): void {
    for (const watcher of this.#watchers) this.#hub.detach(watcher, 'closed');
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#drained?.resolve();
  }

  get hasSpace(): boolean {
    return this.#waitingBytes < watchLimits.localBacklogBytesMax;
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
    // Nothing is kept for later.
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

  /** The log's memory is used again, so what is kept is copied. */
  #take({ startRevision }: Watcher, chunk: EventChunk, revision: Revision): void {
    const events = chunk.events
      .filter((event) => event.revision >= startRevision)
      .map((event) => ({ type: event.type, revision: event.revision, body: Buffer.from(event.body) }));
    if (events.length === 0) return;
    this.#waiting.push({ events, revision });
    this.#waitingBytes += bytesOf(events);
    this.#wake?.();
  }

  #given({ events }: { readonly events: readonly SeenEvent[] }): void {
    this.#waitingBytes -= bytesOf(events);
    if (!this.hasSpace) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}

function bytesOf(events: readonly SeenEvent[]): number {
  return events.reduce((sum, { body }) => sum + body.length, 0);
}
