import { assert } from '../../errors.ts';
import type { Revision } from '../../mvcc/ids.ts';
import type { LogEvent } from '../../mvcc/results.ts';
import { sizeLength } from '../../wire/size.ts';
import type { Position } from '../position.ts';

/**
 * Whether the events of an audience include previous key-values, and after which revision these
 * exist.
 */
export interface EventForm {
  readonly previous: boolean;
  /**
   * The compacted revision. Events up to it have no previous key-values, because these can no
   * longer be read.
   */
  readonly compactRevision: Revision;
}

/** The tag of WatchResponse.events. */
const eventsTag = 0x5a;

/**
 * The events of one response: whole transactions, encoded as the `events` fields of the response.
 */
export class EventChunk {
  readonly events: readonly LogEvent[];
  readonly bytes: Uint8Array;
  readonly form: EventForm;

  constructor(events: readonly LogEvent[], form: EventForm, byteLength: number) {
    assert(events.length > 0, 'a response has events');
    this.events = events;
    this.bytes = encode(events, form, byteLength);
    this.form = form;
  }

  get firstRevision(): Revision {
    return (this.events[0] as LogEvent).revision;
  }

  /** The position of its last event. */
  get end(): Position {
    const { id, revision } = this.events.at(-1) as LogEvent;
    return { id, revision };
  }

  /**
   * Splits the bytes into pieces of whole events. Each piece is below `bytesMax` unless it is one
   * event.
   */
  piecesBelow(bytesMax: number): Uint8Array[] {
    const runs: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const event of this.events) {
      const size = frameSize(event, this.form);
      if (end > start && end + size - start >= bytesMax) {
        runs.push(this.bytes.subarray(start, end));
        start = end;
      }
      end += size;
    }
    runs.push(this.bytes.subarray(start, end));
    return runs;
  }
}

/**
 * Splits events into chunks of about `bytesMax`, and encodes each one when it is read. The events
 * of one transaction stay together, whatever their size.
 */
export function* eventChunks(
  events: readonly LogEvent[],
  form: EventForm,
  bytesMax: number,
): Generator<EventChunk, void> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < events.length; ) {
    const { end, size } = transactionAt(events, index, form);
    if (bytes > 0 && bytes + size > bytesMax) {
      yield new EventChunk(events.slice(start, index), form, bytes);
      start = index;
      bytes = 0;
    }
    bytes += size;
    index = end;
  }
  if (bytes > 0) yield new EventChunk(start === 0 ? events : events.slice(start), form, bytes);
}

/** The end and the bytes of the transaction that begins at an index. */
function transactionAt(events: readonly LogEvent[], index: number, form: EventForm): { end: number; size: number } {
  const revision = events[index]?.revision;
  let size = 0;
  let end = index;
  for (let event = events[end]; event?.revision === revision && event; event = events[end]) {
    size += frameSize(event, form);
    end += 1;
  }
  return { end, size };
}

function encode(events: readonly LogEvent[], form: EventForm, byteLength: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(byteLength);
  let position = 0;
  for (const event of events) {
    const size = bodySize(event, form);
    bytes[position++] = eventsTag;
    position = writeLength(bytes, position, size);
    bytes.set(event.body, position);
    if (size > event.body.length) bytes.set(event.previous, position + event.body.length);
    position += size;
  }
  assert(position === byteLength, 'a chunk takes as many bytes as were counted');
  return bytes;
}

function frameSize(event: LogEvent, form: EventForm): number {
  return 1 + sizeLength(bodySize(event, form));
}

function bodySize(event: LogEvent, { previous, compactRevision }: EventForm): number {
  return previous && event.revision > compactRevision ? event.body.length + event.previous.length : event.body.length;
}

function writeLength(bytes: Buffer, offset: number, length: number): number {
  let position = offset;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) bytes[position++] = (rest & 0x7f) | 0x80;
  bytes[position++] = rest;
  return position;
}
