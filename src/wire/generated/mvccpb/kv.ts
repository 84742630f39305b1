// Generated from proto/mvccpb/kv.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber } from '../../size.ts';
import { Writer } from '../../writer.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export const EventType = {
  PUT: 0,
  DELETE: 1,
} as const;

export type EventType = (typeof EventType)[keyof typeof EventType];

/** A key as it stood at one revision. */
export interface KeyValue {
  key: Uint8Array;
  /** Revision of the write that brought the key into being; a delete ends that life. */
  createRevision: number;
  /** Revision of the newest write to the key. */
  modRevision: number;
  /** Writes since creation, from 1. 0 in the tombstone of a delete. */
  version: number;
  value: Uint8Array;
  /** The lease the key dies with; 0: none. */
  lease: bigint;
}

export const KeyValue: MessageCodec<KeyValue> = {
  typeName: 'mvccpb.KeyValue',

  create() {
    return {
      key: EMPTY,
      createRevision: 0,
      modRevision: 0,
      version: 0,
      value: EMPTY,
      lease: 0n,
    };
  },

  decode(bytes) {
    return KeyValue.read(new Reader(bytes), KeyValue.create());
  },

  encode(message) {
    const writer = new Writer(KeyValue.size(message));
    KeyValue.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.key = reader.bytes();
          break;
        case 16:
          message.createRevision = reader.int64();
          break;
        case 24:
          message.modRevision = reader.int64();
          break;
        case 32:
          message.version = reader.int64();
          break;
        case 42:
          message.value = reader.bytes();
          break;
        case 48:
          message.lease = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    if (message.createRevision) size += 1 + sizeNumber(message.createRevision);
    if (message.modRevision) size += 1 + sizeNumber(message.modRevision);
    if (message.version) size += 1 + sizeNumber(message.version);
    if (message.value !== undefined && message.value.length > 0) size += 1 + sizeBytes(message.value);
    if (message.lease) size += 1 + sizeBigint(message.lease);
    return size;
  },

  write(message, writer) {
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(10);
      writer.bytes(message.key);
    }
    if (message.createRevision) {
      writer.uint32(16);
      writer.number(message.createRevision);
    }
    if (message.modRevision) {
      writer.uint32(24);
      writer.number(message.modRevision);
    }
    if (message.version) {
      writer.uint32(32);
      writer.number(message.version);
    }
    if (message.value !== undefined && message.value.length > 0) {
      writer.uint32(42);
      writer.bytes(message.value);
    }
    if (message.lease) {
      writer.uint32(48);
      writer.bigint(message.lease);
    }
  },
};

/** One change of one key. */
export interface Event {
  /** A `EventType`. */
  type: number;
  /** After a put, the key as written. After a delete, only its name and the delete's mod_revision. */
  kv: KeyValue | undefined;
  /** The key before the change, for watches that asked for it. */
  prevKv: KeyValue | undefined;
}

export const Event: MessageCodec<Event> = {
  typeName: 'mvccpb.Event',

  create() {
    return {
      type: 0,
      kv: undefined,
      prevKv: undefined,
    };
  },

  decode(bytes) {
    return Event.read(new Reader(bytes), Event.create());
  },

  encode(message) {
    const writer = new Writer(Event.size(message));
    Event.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.type = reader.int32();
          break;
        case 18: {
          const outerEnd = reader.enter();
          message.kv = KeyValue.read(reader, message.kv ?? KeyValue.create());
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.prevKv = KeyValue.read(reader, message.prevKv ?? KeyValue.create());
          reader.leave(outerEnd);
          break;
        }
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.type) size += 1 + sizeNumber(message.type);
    if (message.kv !== undefined) size += 1 + sizeLength(KeyValue.size(message.kv));
    if (message.prevKv !== undefined) size += 1 + sizeLength(KeyValue.size(message.prevKv));
    return size;
  },

  write(message, writer) {
    if (message.type) {
      writer.uint32(8);
      writer.int32(message.type);
    }
    if (message.kv !== undefined) {
      writer.uint32(18);
      writer.uint32(KeyValue.size(message.kv));
      KeyValue.write(message.kv, writer);
    }
    if (message.prevKv !== undefined) {
      writer.uint32(26);
      writer.uint32(KeyValue.size(message.prevKv));
      KeyValue.write(message.prevKv, writer);
    }
  },
};
