import assert from 'node:assert/strict';
import type { LogEvent } from '../../../src/mvcc/results.ts';
import type { EventFedCache, EventFeed } from '../../../src/watch/events/event-fed-cache.ts';
import type { Position } from '../../../src/watch/position.ts';
import type { FakeEventSource } from './fake-event-source.ts';

/**
 * An event-fed cache that requests events at times. It must receive all events since then, in
 * order.
 */
export class CheckedCache implements EventFedCache {
  /** The number of events that it received. */
  appliedCount = 0;
  readonly #source: FakeEventSource;
  #feed: EventFeed | undefined;
  #position: Position | undefined;

  constructor(source: FakeEventSource) {
    this.#source = source;
  }

  connect(feed: EventFeed): void {
    this.#feed = feed;
  }

  /** Starts or stops requesting events. */
  toggle(): void {
    if (this.#position === undefined) this.#position = this.#feed?.begin();
    else this.clear();
  }

  apply(events: readonly LogEvent[], from: Position, to: Position): void {
    if (this.#position === undefined) return;
    assert.equal(from.id, this.#position.id, 'the cache is given what comes after its position');
    const between = this.#source.history.filter(({ id }) => id > from.id && id <= to.id);
    assert.deepEqual(
      events.map(({ id }) => id),
      between.map(({ id }) => id),
      'the cache is given every event',
    );
    assert.equal(to.revision, this.#source.history[to.id - 1]?.revision);
    this.appliedCount += events.length;
    this.#position = to;
  }

  clear(): void {
    this.#position = undefined;
    this.#feed?.end();
  }
}
