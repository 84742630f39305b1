import type { Revision, RowId } from '../mvcc/operations.ts';
import type { LogEvent } from '../mvcc/results.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';

interface Segment {
  readonly events: readonly LogEvent[];
  readonly through: Position;
  readonly bytes: number;
}

/** Segments dropped at the front before the array is shortened. */
const droppedSegmentsMax = 1024;

/**
 * The newest events, without a gap, bounded in bytes: the oldest are forgotten first, as they came (a page whose
 * events share a buffer frees it). Watchers a little behind are served from here.
 */
export class EventLog {
  readonly #bytesMax: number;
  #segments: Segment[] = [];
  /** Index of the oldest segment kept. */
  #first = 0;
  #start: Position = { id: 0, revision: 0 };
  #bytes = 0;
  #evictedCount = 0;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of the events kept, with what the objects take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events forgotten to keep within the bound. */
  get evictedCount(): number {
    return this.#evictedCount;
  }

  /** Forgets everything: the log goes on after `start`. */
  reset(start: Position): void {
    this.#segments = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#start = start;
  }

  /** Adds the events between the end of the log and `through`: all of them. */
  append(events: readonly LogEvent[], through: Position): void {
    const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
    this.#segments.push({ events, through, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax) this.#evict();
  }

  /** Whether every event after an id is here. */
  covers(afterId: RowId): boolean {
    return afterId >= this.#start.id;
  }

  /** Where a watcher that wants events from `revision` on begins; undefined: before the log. */
  positionBefore(revision: Revision): Position | undefined {
    if (revision <= this.#start.revision) return undefined;
    const segment = this.#segments[this.#search((through) => through.revision >= revision)];
    if (!segment) return undefined;
    const event = segment.events[lowerBound(segment.events, (candidate) => candidate.revision >= revision)];
    return { id: event ? event.id - 1 : segment.through.id, revision: revision - 1 };
  }

  /**
   * Events after an id that the log covers, some `countMax` of them: a transaction comes whole. `through` is how far
   * they reach; undefined: the id is the end of the log.
   */
  after(afterId: RowId, countMax: number): { events: readonly LogEvent[]; through: Position | undefined } {
    const events: LogEvent[] = [];
    let through: Position | undefined;
    for (let index = this.#search(({ id }) => id > afterId); events.length < countMax; index += 1) {
      const segment = this.#segments[index];
      if (!segment) break;
      through = takeFrom(segment, afterId, countMax, events);
    }
    return { events, through };
  }

  /** The first segment whose end fulfils a condition that stays true once it is. */
  #search(isReached: (through: Position) => boolean): number {
    return lowerBound(this.#segments, ({ through }) => isReached(through), this.#first);
  }

  #evict(): void {
    const segment = this.#segments[this.#first];
    if (!segment) return;
    this.#first += 1;
    this.#start = segment.through;
    this.#bytes -= segment.bytes;
    this.#evictedCount += segment.events.length;
    this.#segments[this.#first - 1] = forgotten;
    if (this.#first < droppedSegmentsMax) return;
    this.#segments = this.#segments.slice(this.#first);
    this.#first = 0;
  }
}

/** What stands for an evicted segment until the array is shortened, so that its events are free at once. */
const forgotten: Segment = { events: [], through: { id: 0, revision: 0 }, bytes: 0 };

function eventBytes(event: LogEvent): number {
  return event.body.length + event.previous.length + event.key.length + watchLimits.eventOverheadBytes;
}

function takeFrom(segment: Segment, afterId: RowId, countMax: number, taken: LogEvent[]): Position {
  const { events, through } = segment;
  for (let index = lowerBound(events, ({ id }) => id > afterId); ; index += 1) {
    const event = events[index];
    if (!event) return through;
    const last = taken.at(-1);
    if (last && taken.length >= countMax && last.revision !== event.revision) {
      return { id: last.id, revision: last.revision };
    }
    taken.push(event);
  }
}

/** The first index at which a condition holds that stays true once it is; the length when it never does. */
function lowerBound<Item>(items: readonly Item[], holds: (item: Item) => boolean, from = 0): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
