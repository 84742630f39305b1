// Generated from proto/etcdserverpb/watch.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber, sizeString } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';
import { Event } from '../mvccpb/kv.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

/** Events to leave out. */
export const FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const;

export type FilterType = (typeof FilterType)[keyof typeof FilterType];

export interface WatchRequest {
  requestUnion:
    | { case: 'createRequest'; value: WatchCreateRequest }
    | { case: 'cancelRequest'; value: WatchCancelRequest }
    | { case: 'progressRequest'; value: WatchProgressRequest }
    | undefined;
}

export const WatchRequest: MessageCodec<WatchRequest> = {
  typeName: 'etcdserverpb.WatchRequest',

  create() {
    return {
      requestUnion: undefined,
    };
  },

  decode(bytes) {
    return WatchRequest.read(new Reader(bytes), WatchRequest.create());
  },

  encode(message) {
    const writer = new Writer(WatchRequest.size(message));
    WatchRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.requestUnion = { case: 'createRequest', value: WatchCreateRequest.read(reader, message.requestUnion?.case === 'createRequest' ? message.requestUnion.value : WatchCreateRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 18: {
          const outerEnd = reader.enter();
          message.requestUnion = { case: 'cancelRequest', value: WatchCancelRequest.read(reader, message.requestUnion?.case === 'cancelRequest' ? message.requestUnion.value : WatchCancelRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.requestUnion = { case: 'progressRequest', value: WatchProgressRequest.read(reader, message.requestUnion?.case === 'progressRequest' ? message.requestUnion.value : WatchProgressRequest.create()) };
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
    switch (message.requestUnion?.case) {
      case 'createRequest':
        size += 1 + sizeLength(WatchCreateRequest.size(message.requestUnion.value));
        break;
      case 'cancelRequest':
        size += 1 + sizeLength(WatchCancelRequest.size(message.requestUnion.value));
        break;
      case 'progressRequest':
        size += 1 + sizeLength(WatchProgressRequest.size(message.requestUnion.value));
        break;
    }
    return size;
  },

  write(message, writer) {
    switch (message.requestUnion?.case) {
      case 'createRequest':
        writer.uint32(10);
        writer.uint32(WatchCreateRequest.size(message.requestUnion.value));
        WatchCreateRequest.write(message.requestUnion.value, writer);
        break;
      case 'cancelRequest':
        writer.uint32(18);
        writer.uint32(WatchCancelRequest.size(message.requestUnion.value));
        WatchCancelRequest.write(message.requestUnion.value, writer);
        break;
      case 'progressRequest':
        writer.uint32(26);
        writer.uint32(WatchProgressRequest.size(message.requestUnion.value));
        WatchProgressRequest.write(message.requestUnion.value, writer);
        break;
    }
  },
};

export interface WatchCreateRequest {
  key: Uint8Array;
  /** As in RangeRequest. */
  rangeEnd: Uint8Array;
  /** First revision of interest; 0: from now on. */
  startRevision: number;
  /** Send an empty reply now and then while nothing happens, so that the client knows how far it is. */
  progressNotify: boolean;
  /** A `FilterType`. */
  filters: number[];
  /** Events carry the key as it was before. */
  prevKv: boolean;
  /** An id of the client's choice, unique on the stream; 0: the server chooses. */
  watchId: bigint;
  /** Large replies may come in pieces. */
  fragment: boolean;
}

export const WatchCreateRequest: MessageCodec<WatchCreateRequest> = {
  typeName: 'etcdserverpb.WatchCreateRequest',

  create() {
    return {
      key: EMPTY,
      rangeEnd: EMPTY,
      startRevision: 0,
      progressNotify: false,
      filters: [],
      prevKv: false,
      watchId: 0n,
      fragment: false,
    };
  },

  decode(bytes) {
    return WatchCreateRequest.read(new Reader(bytes), WatchCreateRequest.create());
  },

  encode(message) {
    const writer = new Writer(WatchCreateRequest.size(message));
    WatchCreateRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.key = reader.bytes();
          break;
        case 18:
          message.rangeEnd = reader.bytes();
          break;
        case 24:
          message.startRevision = reader.int64();
          break;
        case 32:
          message.progressNotify = reader.bool();
          break;
        case 40:
          message.filters.push(reader.int32());
          break;
        case 42: {
          const outerEnd = reader.enter();
          while (reader.hasItem()) message.filters.push(reader.int32());
          reader.leave(outerEnd);
          break;
        }
        case 48:
          message.prevKv = reader.bool();
          break;
        case 56:
          message.watchId = reader.int64Exact();
          break;
        case 64:
          message.fragment = reader.bool();
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
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) size += 1 + sizeBytes(message.rangeEnd);
    if (message.startRevision) size += 1 + sizeNumber(message.startRevision);
    if (message.progressNotify) size += 2;
    if (message.filters !== undefined && message.filters.length > 0) {
      size += 1 + sizeLength(message.filters.reduce((sum, item) => sum + sizeNumber(item), 0));
    }
    if (message.prevKv) size += 2;
    if (message.watchId) size += 1 + sizeBigint(message.watchId);
    if (message.fragment) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(10);
      writer.bytes(message.key);
    }
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) {
      writer.uint32(18);
      writer.bytes(message.rangeEnd);
    }
    if (message.startRevision) {
      writer.uint32(24);
      writer.number(message.startRevision);
    }
    if (message.progressNotify) {
      writer.uint32(32);
      writer.bool(message.progressNotify);
    }
    if (message.filters !== undefined && message.filters.length > 0) {
      writer.uint32(42);
      writer.uint32(message.filters.reduce((sum, item) => sum + sizeNumber(item), 0));
      for (const item of message.filters) writer.int32(item);
    }
    if (message.prevKv) {
      writer.uint32(48);
      writer.bool(message.prevKv);
    }
    if (message.watchId) {
      writer.uint32(56);
      writer.bigint(message.watchId);
    }
    if (message.fragment) {
      writer.uint32(64);
      writer.bool(message.fragment);
    }
  },
};

export interface WatchCancelRequest {
  watchId: bigint;
}

export const WatchCancelRequest: MessageCodec<WatchCancelRequest> = {
  typeName: 'etcdserverpb.WatchCancelRequest',

  create() {
    return {
      watchId: 0n,
    };
  },

  decode(bytes) {
    return WatchCancelRequest.read(new Reader(bytes), WatchCancelRequest.create());
  },

  encode(message) {
    const writer = new Writer(WatchCancelRequest.size(message));
    WatchCancelRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.watchId = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.watchId) size += 1 + sizeBigint(message.watchId);
    return size;
  },

  write(message, writer) {
    if (message.watchId) {
      writer.uint32(8);
      writer.bigint(message.watchId);
    }
  },
};

/** Asks how far the whole stream is. Answered with an empty reply for watch -1. */
export interface WatchProgressRequest {
}

export const WatchProgressRequest: MessageCodec<WatchProgressRequest> = {
  typeName: 'etcdserverpb.WatchProgressRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return WatchProgressRequest.read(new Reader(bytes), WatchProgressRequest.create());
  },

  encode(message) {
    const writer = new Writer(WatchProgressRequest.size(message));
    WatchProgressRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      reader.skip(tag);
    }
    return message;
  },

  size(_message) {
    return 0;
  },

  write(_message, _writer) {
  },
};

export interface WatchResponse {
  header: ResponseHeader | undefined;
  watchId: bigint;
  /** The answer to a create request. With `canceled` too: it was refused. */
  created: boolean;
  /** The watch has ended. */
  canceled: boolean;
  /** Not 0: the start revision was compacted; events are kept from this one on. */
  compactRevision: number;
  cancelReason: string;
  /** More pieces of this reply follow. */
  fragment: boolean;
  events: Event[];
}

export const WatchResponse: MessageCodec<WatchResponse> = {
  typeName: 'etcdserverpb.WatchResponse',

  create() {
    return {
      header: undefined,
      watchId: 0n,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: '',
      fragment: false,
      events: [],
    };
  },

  decode(bytes) {
    return WatchResponse.read(new Reader(bytes), WatchResponse.create());
  },

  encode(message) {
    const writer = new Writer(WatchResponse.size(message));
    WatchResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 16:
          message.watchId = reader.int64Exact();
          break;
        case 24:
          message.created = reader.bool();
          break;
        case 32:
          message.canceled = reader.bool();
          break;
        case 40:
          message.compactRevision = reader.int64();
          break;
        case 50:
          message.cancelReason = reader.string();
          break;
        case 56:
          message.fragment = reader.bool();
          break;
        case 90: {
          const outerEnd = reader.enter();
          message.events.push(Event.read(reader, Event.create()));
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.watchId) size += 1 + sizeBigint(message.watchId);
    if (message.created) size += 2;
    if (message.canceled) size += 2;
    if (message.compactRevision) size += 1 + sizeNumber(message.compactRevision);
    if (message.cancelReason) size += 1 + sizeString(message.cancelReason);
    if (message.fragment) size += 2;
    if (message.events !== undefined) {
      for (const item of message.events) {
        size += 1 + sizeLength(Event.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.watchId) {
      writer.uint32(16);
      writer.bigint(message.watchId);
    }
    if (message.created) {
      writer.uint32(24);
      writer.bool(message.created);
    }
    if (message.canceled) {
      writer.uint32(32);
      writer.bool(message.canceled);
    }
    if (message.compactRevision) {
      writer.uint32(40);
      writer.number(message.compactRevision);
    }
    if (message.cancelReason) {
      writer.uint32(50);
      writer.string(message.cancelReason);
    }
    if (message.fragment) {
      writer.uint32(56);
      writer.bool(message.fragment);
    }
    if (message.events !== undefined) {
      for (const item of message.events) {
        writer.uint32(90);
        writer.uint32(Event.size(item));
        Event.write(item, writer);
      }
    }
  },
};

export const Watch = {
  name: 'etcdserverpb.Watch',
  methods: {
    /** Carries any number of watches: requests create and cancel them, replies bring their events. */
    watch: {
      name: 'Watch',
      path: '/etcdserverpb.Watch/Watch',
      request: WatchRequest,
      response: WatchResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceContract;
