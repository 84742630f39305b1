/** Reads of the log. Rows become events, which are encoded once for all watchers. */

import { limits } from '../../limits.ts';
import type { EventRow, RowEvent } from '../../sql/rows/event-row.ts';
import {
  EVENTS_AFTER,
  EVENTS_OF_INTERVAL,
  EVENTS_OF_KEY,
  REST_OF_TRANSACTION,
} from '../../sql/statements/read-statements.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../../wire/key-value-writer.ts';
import { headProgram, idThroughRevision } from '../head.ts';
import { holdsKey, type Keys, type Revision, type RowId } from '../ids.ts';
import { type Program, query, rowsOf } from '../program.ts';
import type { Head, LogEvent } from '../results.ts';
import { encodable } from './encode-row.ts';

/** Events in columns. They cross to another thread as a few buffers. */
export interface PackedEvents {
  readonly ids: Float64Array;
  readonly revisions: Float64Array;
  /** 1: a delete; 0: a put. */
  readonly deletes: Uint8Array;
  readonly keys: readonly string[];
  /** The bodies and previous values of all events, back to back. */
  readonly bytes: Uint8Array;
  /** For each event, the end of its body and the end of its previous value in `bytes`. */
  readonly ends: Uint32Array;
}

/** The id to continue after, and the maximum number of rows. A transaction is never split. */
export interface EventsRequest {
  readonly afterId: RowId;
  readonly countMax: number;
}

/** The next events of some keys, with ids up to `throughId`. A transaction is never split. */
export interface KeyEventsRequest {
  readonly keys: Keys;
  readonly afterId: RowId;
  readonly throughId: RowId;
  /** Bytes of values at which the page ends. */
  readonly bytesMax: number;
}

export interface PackedEventPage {
  readonly events: PackedEvents;
  readonly throughId: RowId;
  readonly head: Head;
}

/** All events after an id up to `throughId`. */
export interface PackedBatchEvents extends PackedEventPage {
  readonly afterId: RowId;
}

/** The next events after an id. Events of one transaction stay together. */
export function* eventsAfter(request: EventsRequest): Program<PackedEventPage> {
  const head = yield* headProgram();
  const bytesMax = limits.eventPageBytesMax;
  const found = yield* rowsOf({ ...query(EVENTS_AFTER, request.afterId, request.countMax), bytesMax });
  if (!mayHaveMore(found, { ...request, bytesMax }))
    return { events: packed(found), throughId: Math.max(head.id, request.afterId), head };
  const whole = yield* wholeTransactions(found);
  return { events: packed(whole), throughId: idOf(whole.at(-1)), head };
}

/** Events of some keys after an id, within one bounded scan. */
export function* eventsOfKeys(request: KeyEventsRequest): Program<PackedEventPage> {
  const head = yield* headProgram();
  const { keys, afterId, bytesMax } = request;
  const countMax = limits.eventPageRowsMax;
  // The rows of one key come from its index. The rows of an interval are selected from a bounded
  // number of ids.
  const walkEnd = 'one' in keys ? request.throughId : Math.min(request.throughId, afterId + limits.eventWalkIdsMax);
  const eventsQuery =
    'one' in keys
      ? query(EVENTS_OF_KEY, keys.one, afterId, walkEnd, countMax)
      : query(EVENTS_OF_INTERVAL, afterId, walkEnd, keys.start, keys.end, countMax);
  const found = yield* rowsOf({ ...eventsQuery, bytesMax });
  const isCut =
    mayHaveMore(found, { countMax, bytesMax }) || (walkEnd < request.throughId && (yield* goesOn(found, walkEnd)));
  if (!isCut) return { events: packed(found), throughId: walkEnd, head };
  const whole = yield* wholeTransactions(found);
  return {
    events: packed(whole.filter(({ keyValue }) => holdsKey(keys, keyValue.name))),
    throughId: idOf(whole.at(-1)),
    head,
  };
}

/** The id of the last row before the first row of a revision. */
export function* idBefore(revision: Revision): Program<{ id: RowId; head: Head }> {
  const head = yield* headProgram();
  return { id: revision <= 1 ? 0 : yield* idThroughRevision(Math.min(revision - 1, head.revision)), head };
}

/** Whether the driver may have stopped before the last row. */
function mayHaveMore(
  found: readonly EventRow[],
  { countMax, bytesMax }: { readonly countMax: number; readonly bytesMax: number },
): boolean {
  if (found.length === 0) return false;
  return found.length === countMax || valueBytes(found) >= bytesMax;
}

/** Whether the transaction of the last row has rows after an id. */
function* goesOn(found: readonly EventRow[], id: RowId): Program<boolean> {
  const last = found.at(-1);
  return last !== undefined && (yield* idThroughRevision(last.keyValue.modRevision)) > id;
}

/**
 * Drops the last transaction, because it may be incomplete. If it is the only one, reads its
 * remaining rows.
 */
function* wholeTransactions(found: readonly EventRow[]): Program<readonly EventRow[]> {
  const last = (found.at(-1) as EventRow).keyValue;
  const cut = found.filter(({ keyValue }) => keyValue.modRevision !== last.modRevision);
  if (cut.length > 0) return cut;
  const endId = yield* idThroughRevision(last.modRevision);
  const rest = query(REST_OF_TRANSACTION, last.id, endId, Number.MAX_SAFE_INTEGER);
  return [...found, ...(yield* rowsOf({ ...rest, bytesMax: Number.MAX_SAFE_INTEGER }))];
}

function packed(found: readonly EventRow[]): PackedEvents {
  return packEvents(found.filter(({ isEvent }) => isEvent));
}

/** Tags of mvccpb.Event: type, kv, prev_kv. */
const typeTag = 0x08;
const deleteType = 1;
const kvTag = 0x12;
const previousTag = 0x1a;

const writer = new KeyValueWriter();

/** Encodes events as columns. */
export function packEvents(events: readonly RowEvent[]): PackedEvents {
  const ids = new Float64Array(events.length);
  const revisions = new Float64Array(events.length);
  const deletes = new Uint8Array(events.length);
  const ends = new Uint32Array(events.length * 2);
  const keys: string[] = [];
  events.forEach(({ isDelete, keyValue, previous }, index) => {
    ids[index] = keyValue.id;
    revisions[index] = keyValue.modRevision;
    deletes[index] = isDelete ? 1 : 0;
    keys.push(keyValue.name);
    writeBody(encodable(keyValue), isDelete);
    ends[index * 2] = writer.length;
    if (previous !== undefined) writer.field(previousTag, encodable(previous));
    ends[index * 2 + 1] = writer.length;
  });
  return { ids, revisions, deletes, keys, bytes: writer.take(), ends };
}

/** Writes type and kv. The kv of a delete contains its key and revision only. */
function writeBody(keyValue: EncodableKeyValue, isDelete: boolean): void {
  if (isDelete) {
    writer.raw(typeTag, deleteType);
    writer.field(kvTag, { ...keyValue, createRevision: 0, version: 0, value: null, lease: null });
  } else {
    writer.field(kvTag, keyValue);
  }
}

/** Reads events from columns. The events share one buffer. */
export function unpackEvents(events: PackedEvents): LogEvent[] {
  const { ids, revisions, deletes, keys, bytes, ends } = events;
  let start = 0;
  return keys.map((key, index) => {
    const bodyEnd = ends[index * 2] as number;
    const end = ends[index * 2 + 1] as number;
    const event: LogEvent = {
      id: ids[index] as number,
      revision: revisions[index] as number,
      type: deletes[index] === 1 ? 'delete' : 'put',
      key,
      body: bytes.subarray(start, bodyEnd),
      previous: bytes.subarray(bodyEnd, end),
    };
    start = end;
    return event;
  });
}

function idOf(row: EventRow | undefined): RowId {
  return (row as EventRow).keyValue.id;
}

function valueBytes(found: readonly EventRow[]): number {
  let bytes = 0;
  for (const { keyValue, previous } of found) bytes += (keyValue.value?.length ?? 0) + (previous?.value?.length ?? 0);
  return bytes;
}
