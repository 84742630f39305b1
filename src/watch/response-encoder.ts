import type { Revision } from '../mvcc/ids.ts';
import { type Identity, ResponseHeaders } from '../wire/response-headers.ts';
import { sizeBigint, sizeNumber, sizeUint32 } from '../wire/size.ts';
import { Writer } from '../wire/writer.ts';
import type { EventChunk } from './events/event-chunk.ts';

/** A response in pieces. The events of a chunk are the same bytes for all its watchers. */
export type ResponseMessage = readonly Uint8Array[];

const tag = {
  watchId: 0x10,
  created: 0x18,
  canceled: 0x20,
  compactRevision: 0x28,
  cancelReason: 0x32,
  fragment: 0x38,
} as const;

/** The field `fragment`. etcd counts its bytes in each piece of a response. */
const fragmentField = Uint8Array.of(tag.fragment, 1);
const createdField = Uint8Array.of(tag.created, 1);
const canceledField = Uint8Array.of(tag.canceled, 1);

/** etcd's id for "no watcher", or "all watchers of the stream". */
const invalidWatchIdField = watchIdField(-1n);

/**
 * Encodes etcdserverpb.WatchResponse by hand: a hundred watchers of one event share one header and
 * the bytes of the event.
 */
export class ResponseEncoder {
  readonly #headers: ResponseHeaders;

  constructor(identity: Identity) {
    this.#headers = new ResponseHeaders(identity);
  }

  created(revision: Revision, idField: Uint8Array): ResponseMessage {
    return [this.#headers.field(revision), idField, createdField];
  }

  /** The response to an invalid watch: created and canceled at once, without an id, as in etcd. */
  refused(revision: Revision, reason: string): ResponseMessage {
    return [this.#headers.field(revision), invalidWatchIdField, createdField, canceledField, cancelReasonField(reason)];
  }

  /** The response to a client's cancel. */
  canceled(revision: Revision, idField: Uint8Array): ResponseMessage {
    return [this.#headers.field(revision), idField, canceledField];
  }

  /** The end of a watch whose revisions were compacted. Its header has no revision, as in etcd. */
  compacted(compactRevision: Revision, idField: Uint8Array): ResponseMessage {
    return [this.#headers.field(0), idField, canceledField, numberField(tag.compactRevision, compactRevision)];
  }

  progress(revision: Revision, idField: Uint8Array): ResponseMessage {
    return [this.#headers.field(revision), idField];
  }

  /** Progress of all watchers of a stream. */
  progressOfAll(revision: Revision): ResponseMessage {
    return [this.#headers.field(revision), invalidWatchIdField];
  }

  events(revision: Revision, idField: Uint8Array, chunk: EventChunk): ResponseMessage {
    return [this.#headers.field(revision), idField, chunk.bytes];
  }

  /**
   * The events in pieces below `bytesMax`, for a watch that allows fragments. A piece contains at
   * least one event. All pieces but the last are marked as fragments.
   */
  fragments(revision: Revision, idField: Uint8Array, chunk: EventChunk, bytesMax: number): ResponseMessage[] {
    const header = this.#headers.field(revision);
    const fixedBytes = header.length + idField.length + fragmentField.length;
    const runs = chunk.piecesBelow(bytesMax - fixedBytes);
    return runs.map((run, index) => [header, idField, ...(index < runs.length - 1 ? [fragmentField] : []), run]);
  }
}

/** The field `watch_id`; empty for 0, the default. */
export function watchIdField(id: bigint): Uint8Array {
  if (id === 0n) return new Uint8Array(0);
  const writer = new Writer(1 + sizeBigint(id));
  writer.uint32(tag.watchId);
  writer.bigint(id);
  return writer.finish();
}

function numberField(fieldTag: number, value: number): Uint8Array {
  const writer = new Writer(1 + sizeNumber(value));
  writer.uint32(fieldTag);
  writer.number(value);
  return writer.finish();
}

function cancelReasonField(reason: string): Uint8Array {
  const text = Buffer.from(reason);
  const writer = new Writer(1 + sizeUint32(text.length) + text.length);
  writer.uint32(tag.cancelReason);
  writer.bytes(text);
  return writer.finish();
}
