import { assert } from '../../errors.ts';
import { lowerBound } from '../../kit/lower-bound.ts';
import type { Revision, RowId } from '../../mvcc/ids.ts';
import type { LogEvent } from '../../mvcc/results.ts';
import type { Position } from '../position.ts';

/**
 * An event whose bytes are in the block: the body from `start`, the previous value from `bodyEnd`
 * to `end`.
 */
interface Entry {
  readonly id: RowId;
  readonly revision: Revision;
  readonly type: LogEvent['type'];
  readonly key: string;
  readonly start: number;
  readonly bodyEnd: number;
  readonly end: number;
}

/** Consecutive events of the log in one buffer. A transaction may continue in the next block. */
export class EventBlock {
  readonly memory: Buffer;
  readonly #entries: Entry[] = [];
  #used = 0;

  /** The block owns `memory` until the block is evicted. */
  constructor(memory: Buffer) {
    this.memory = memory;
  }

  get capacity(): number {
    return this.memory.length;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** The position of the last event. A block in the log is never empty. */
  get end(): Position {
    const last = this.#entries.at(-1);
    assert(last !== undefined, 'a block in the log has events');
    return { id: last.id, revision: last.revision };
  }

  hasSpaceFor({ body, previous }: LogEvent): boolean {
    return this.#used + body.length + previous.length <= this.memory.length;
  }

  add({ id, revision, type, key, body, previous }: LogEvent): void {
    const start = this.#used;
    const bodyEnd = start + body.length;
    const end = bodyEnd + previous.length;
    this.memory.set(body, start);
    this.memory.set(previous, bodyEnd);
    this.#entries.push({ id, revision, type, key, start, bodyEnd, end });
    this.#used = end;
  }

  /**
   * The id before the first event of a revision. The revision is in this block or ends the one
   * before.
   */
  idBefore(revision: Revision): RowId {
    const entry = this.#entries[lowerBound(this.#entries, (each) => each.revision >= revision)];
    assert(entry !== undefined, 'the revision is not after the block');
    return entry.id - 1;
  }

  /**
   * Appends the events after an id until there are `countMax` and a transaction ends. Then returns
   * the position of the last event; undefined: the block has no more events.
   */
  takeAfter(afterId: RowId, countMax: number, taken: LogEvent[]): Position | undefined {
    for (let index = lowerBound(this.#entries, ({ id }) => id > afterId); ; index += 1) {
      const entry = this.#entries[index];
      if (!entry) return undefined;
      const last = taken.at(-1);
      if (last && taken.length >= countMax && last.revision !== entry.revision) {
        return { id: last.id, revision: last.revision };
      }
      taken.push(this.#event(entry));
    }
  }

  #event({ id, revision, type, key, start, bodyEnd, end }: Entry): LogEvent {
    const body = this.memory.subarray(start, bodyEnd);
    return { id, revision, type, key, body, previous: this.memory.subarray(bodyEnd, end) };
  }
}
