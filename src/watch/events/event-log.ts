import { lowerBound } from '../../kit/lower-bound.ts';
import type { Revision, RowId } from '../../mvcc/ids.ts';
import type { LogEvent } from '../../mvcc/results.ts';
import type { Position } from '../position.ts';
import { watchLimits } from '../watch-limits.ts';
import { EventBlock } from './event-block.ts';

/**
 * The newest events without a gap, bounded in bytes. The oldest block is evicted first. Watchers
 * that are a little behind read from here.
 *
 * Bytes are copied into blocks that are reused. So the buffers of pages are freed early, and the
 * garbage collector does not find twice the memory.
 */
export class EventLog {
  readonly #bytesMax: number;
  readonly #blockBytes: number;
  #blocks: EventBlock[] = [];
  /** Memory of an evicted block, for the next block. */
  #spare: Buffer | undefined;
  #start: Position = { id: 0, revision: 0 };
  #end: Position = this.#start;
  #bytes = 0;
  #evictedCount = 0;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
    this.#blockBytes = Math.min(Math.ceil(bytesMax / 16), watchLimits.eventBlockBytesMax);
  }

  /** Bytes of the blocks and of the entries of their events. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events evicted to keep the bound. */
  get evictedCount(): number {
    return this.#evictedCount;
  }

  /** Evicts everything. The log continues after `start`. */
  reset(start: Position): void {
    this.#blocks = [];
    this.#spare = undefined;
    this.#bytes = 0;
    this.#start = start;
    this.#end = start;
  }

  /** Appends all events between the end of the log and `through`. */
  append(events: readonly LogEvent[], through: Position): void {
    for (const event of events) this.#add(event);
    this.#end = through;
  }

  /** Whether the log contains every event after an id. */
  covers(afterId: RowId): boolean {
    return afterId >= this.#start.id;
  }

  /** The position before the first event of `revision`; undefined: not in the log. */
  positionBefore(revision: Revision): Position | undefined {
    if (revision <= this.#start.revision || revision > this.#end.revision) return undefined;
    const block = this.#blocks[lowerBound(this.#blocks, ({ end }) => end.revision >= revision)];
    const id = block === undefined ? this.#end.id : block.idBefore(revision);
    return { id, revision: revision - 1 };
  }

  /**
   * Events after an id in the log, about `countMax` of them, never a part of a transaction.
   * `through`: the position of the last one; undefined: the id is the end of the log. The events
   * are valid until the log is next appended to.
   */
  after(afterId: RowId, countMax: number): { events: readonly LogEvent[]; through: Position | undefined } {
    const events: LogEvent[] = [];
    if (afterId >= this.#end.id) return { events, through: undefined };
    for (let index = lowerBound(this.#blocks, ({ end }) => end.id > afterId); ; index += 1) {
      const block = this.#blocks[index];
      if (!block) return { events, through: this.#end };
      const through = block.takeAfter(afterId, countMax, events);
      if (through) return { events, through };
    }
  }

  #add(event: LogEvent): void {
    const last = this.#blocks.at(-1);
    const block = last?.hasSpaceFor(event) ? last : this.#addBlock(event.body.length + event.previous.length);
    this.#bytes += watchLimits.eventOverheadBytes;
    block.add(event);
  }

  #addBlock(bytes: number): EventBlock {
    const isUsual = bytes <= this.#blockBytes;
    const block = new EventBlock(
      (isUsual && this.#spare) || Buffer.allocUnsafeSlow(isUsual ? this.#blockBytes : bytes),
    );
    if (isUsual) this.#spare = undefined;
    this.#bytes += block.capacity;
    // Evict old blocks before the bound is exceeded. The block that is being filled stays.
    while (this.#bytes > this.#bytesMax && this.#blocks.length > 0) this.#evict();
    this.#blocks.push(block);
    return block;
  }

  #evict(): void {
    const block = this.#blocks.shift();
    if (!block) return;
    this.#start = block.end;
    this.#bytes -= block.capacity + block.count * watchLimits.eventOverheadBytes;
    this.#evictedCount += block.count;
    if (block.capacity === this.#blockBytes) this.#spare = block.memory;
  }
}
