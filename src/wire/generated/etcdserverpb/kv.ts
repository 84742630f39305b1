// Generated from proto/etcdserverpb/kv.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';
import { KeyValue } from '../mvccpb/kv.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export const SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;

export type SortOrder = (typeof SortOrder)[keyof typeof SortOrder];

export const SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;

export type SortTarget = (typeof SortTarget)[keyof typeof SortTarget];

export const CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;

export type CompareResult = (typeof CompareResult)[keyof typeof CompareResult];

export const CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;

export type CompareTarget = (typeof CompareTarget)[keyof typeof CompareTarget];

export interface RangeRequest {
  key: Uint8Array;
  /** Empty: the one key. "\0": every key from `key` on. Otherwise the first key past the range. */
  rangeEnd: Uint8Array;
  /** Most keys to return; 0: all. */
  limit: number;
  /** The moment to read at; 0 or less: now. */
  revision: number;
  /** A `SortOrder`. */
  sortOrder: number;
  /** A `SortTarget`. */
  sortTarget: number;
  /** The answer may be a member's own, possibly old, state. */
  serializable: boolean;
  keysOnly: boolean;
  countOnly: boolean;
  /** These four leave out keys outside the bounds; 0: no bound. The count still has them. */
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}

export const RangeRequest: MessageCodec<RangeRequest> = {
  typeName: 'etcdserverpb.RangeRequest',

  create() {
    return {
      key: EMPTY,
      rangeEnd: EMPTY,
      limit: 0,
      revision: 0,
      sortOrder: 0,
      sortTarget: 0,
      serializable: false,
      keysOnly: false,
      countOnly: false,
      minModRevision: 0,
      maxModRevision: 0,
      minCreateRevision: 0,
      maxCreateRevision: 0,
    };
  },

  decode(bytes) {
    return RangeRequest.read(new Reader(bytes), RangeRequest.create());
  },

  encode(message) {
    const writer = new Writer(RangeRequest.size(message));
    RangeRequest.write(message, writer);
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
          message.limit = reader.int64();
          break;
        case 32:
          message.revision = reader.int64();
          break;
        case 40:
          message.sortOrder = reader.int32();
          break;
        case 48:
          message.sortTarget = reader.int32();
          break;
        case 56:
          message.serializable = reader.bool();
          break;
        case 64:
          message.keysOnly = reader.bool();
          break;
        case 72:
          message.countOnly = reader.bool();
          break;
        case 80:
          message.minModRevision = reader.int64();
          break;
        case 88:
          message.maxModRevision = reader.int64();
          break;
        case 96:
          message.minCreateRevision = reader.int64();
          break;
        case 104:
          message.maxCreateRevision = reader.int64();
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
    if (message.limit) size += 1 + sizeNumber(message.limit);
    if (message.revision) size += 1 + sizeNumber(message.revision);
    if (message.sortOrder) size += 1 + sizeNumber(message.sortOrder);
    if (message.sortTarget) size += 1 + sizeNumber(message.sortTarget);
    if (message.serializable) size += 2;
    if (message.keysOnly) size += 2;
    if (message.countOnly) size += 2;
    if (message.minModRevision) size += 1 + sizeNumber(message.minModRevision);
    if (message.maxModRevision) size += 1 + sizeNumber(message.maxModRevision);
    if (message.minCreateRevision) size += 1 + sizeNumber(message.minCreateRevision);
    if (message.maxCreateRevision) size += 1 + sizeNumber(message.maxCreateRevision);
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
    if (message.limit) {
      writer.uint32(24);
      writer.number(message.limit);
    }
    if (message.revision) {
      writer.uint32(32);
      writer.number(message.revision);
    }
    if (message.sortOrder) {
      writer.uint32(40);
      writer.int32(message.sortOrder);
    }
    if (message.sortTarget) {
      writer.uint32(48);
      writer.int32(message.sortTarget);
    }
    if (message.serializable) {
      writer.uint32(56);
      writer.bool(message.serializable);
    }
    if (message.keysOnly) {
      writer.uint32(64);
      writer.bool(message.keysOnly);
    }
    if (message.countOnly) {
      writer.uint32(72);
      writer.bool(message.countOnly);
    }
    if (message.minModRevision) {
      writer.uint32(80);
      writer.number(message.minModRevision);
    }
    if (message.maxModRevision) {
      writer.uint32(88);
      writer.number(message.maxModRevision);
    }
    if (message.minCreateRevision) {
      writer.uint32(96);
      writer.number(message.minCreateRevision);
    }
    if (message.maxCreateRevision) {
      writer.uint32(104);
      writer.number(message.maxCreateRevision);
    }
  },
};

export interface RangeResponse {
  header: ResponseHeader | undefined;
  kvs: KeyValue[];
  /** The limit cut keys off. */
  more: boolean;
  /** Keys in the range, whatever the limit. */
  count: number;
}

export const RangeResponse: MessageCodec<RangeResponse> = {
  typeName: 'etcdserverpb.RangeResponse',

  create() {
    return {
      header: undefined,
      kvs: [],
      more: false,
      count: 0,
    };
  },

  decode(bytes) {
    return RangeResponse.read(new Reader(bytes), RangeResponse.create());
  },

  encode(message) {
    const writer = new Writer(RangeResponse.size(message));
    RangeResponse.write(message, writer);
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
        case 18: {
          const outerEnd = reader.enter();
          message.kvs.push(KeyValue.read(reader, KeyValue.create()));
          reader.leave(outerEnd);
          break;
        }
        case 24:
          message.more = reader.bool();
          break;
        case 32:
          message.count = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.kvs !== undefined) {
      for (const item of message.kvs) {
        size += 1 + sizeLength(KeyValue.size(item));
      }
    }
    if (message.more) size += 2;
    if (message.count) size += 1 + sizeNumber(message.count);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.kvs !== undefined) {
      for (const item of message.kvs) {
        writer.uint32(18);
        writer.uint32(KeyValue.size(item));
        KeyValue.write(item, writer);
      }
    }
    if (message.more) {
      writer.uint32(24);
      writer.bool(message.more);
    }
    if (message.count) {
      writer.uint32(32);
      writer.number(message.count);
    }
  },
};

/** A chunk. Put together as protobuf merges messages, the chunks are the answer Range would have given. */
export interface RangeStreamResponse {
  rangeResponse: RangeResponse | undefined;
}

export const RangeStreamResponse: MessageCodec<RangeStreamResponse> = {
  typeName: 'etcdserverpb.RangeStreamResponse',

  create() {
    return {
      rangeResponse: undefined,
    };
  },

  decode(bytes) {
    return RangeStreamResponse.read(new Reader(bytes), RangeStreamResponse.create());
  },

  encode(message) {
    const writer = new Writer(RangeStreamResponse.size(message));
    RangeStreamResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.rangeResponse = RangeResponse.read(reader, message.rangeResponse ?? RangeResponse.create());
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
    if (message.rangeResponse !== undefined) size += 1 + sizeLength(RangeResponse.size(message.rangeResponse));
    return size;
  },

  write(message, writer) {
    if (message.rangeResponse !== undefined) {
      writer.uint32(10);
      writer.uint32(RangeResponse.size(message.rangeResponse));
      RangeResponse.write(message.rangeResponse, writer);
    }
  },
};

export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  /** The lease the key shall die with; 0: none. */
  lease: bigint;
  /** Return the key as it was before. */
  prevKv: boolean;
  /** Keep the value the key has; it must exist. */
  ignoreValue: boolean;
  /** Keep the lease the key has; it must exist. */
  ignoreLease: boolean;
}

export const PutRequest: MessageCodec<PutRequest> = {
  typeName: 'etcdserverpb.PutRequest',

  create() {
    return {
      key: EMPTY,
      value: EMPTY,
      lease: 0n,
      prevKv: false,
      ignoreValue: false,
      ignoreLease: false,
    };
  },

  decode(bytes) {
    return PutRequest.read(new Reader(bytes), PutRequest.create());
  },

  encode(message) {
    const writer = new Writer(PutRequest.size(message));
    PutRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.key = reader.bytes();
          break;
        case 18:
          message.value = reader.bytes();
          break;
        case 24:
          message.lease = reader.int64Exact();
          break;
        case 32:
          message.prevKv = reader.bool();
          break;
        case 40:
          message.ignoreValue = reader.bool();
          break;
        case 48:
          message.ignoreLease = reader.bool();
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
    if (message.value !== undefined && message.value.length > 0) size += 1 + sizeBytes(message.value);
    if (message.lease) size += 1 + sizeBigint(message.lease);
    if (message.prevKv) size += 2;
    if (message.ignoreValue) size += 2;
    if (message.ignoreLease) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(10);
      writer.bytes(message.key);
    }
    if (message.value !== undefined && message.value.length > 0) {
      writer.uint32(18);
      writer.bytes(message.value);
    }
    if (message.lease) {
      writer.uint32(24);
      writer.bigint(message.lease);
    }
    if (message.prevKv) {
      writer.uint32(32);
      writer.bool(message.prevKv);
    }
    if (message.ignoreValue) {
      writer.uint32(40);
      writer.bool(message.ignoreValue);
    }
    if (message.ignoreLease) {
      writer.uint32(48);
      writer.bool(message.ignoreLease);
    }
  },
};

export interface PutResponse {
  header: ResponseHeader | undefined;
  prevKv: KeyValue | undefined;
}

export const PutResponse: MessageCodec<PutResponse> = {
  typeName: 'etcdserverpb.PutResponse',

  create() {
    return {
      header: undefined,
      prevKv: undefined,
    };
  },

  decode(bytes) {
    return PutResponse.read(new Reader(bytes), PutResponse.create());
  },

  encode(message) {
    const writer = new Writer(PutResponse.size(message));
    PutResponse.write(message, writer);
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
        case 18: {
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.prevKv !== undefined) size += 1 + sizeLength(KeyValue.size(message.prevKv));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.prevKv !== undefined) {
      writer.uint32(18);
      writer.uint32(KeyValue.size(message.prevKv));
      KeyValue.write(message.prevKv, writer);
    }
  },
};

export interface DeleteRangeRequest {
  key: Uint8Array;
  /** As in RangeRequest. */
  rangeEnd: Uint8Array;
  /** Return the keys as they were before. */
  prevKv: boolean;
}

export const DeleteRangeRequest: MessageCodec<DeleteRangeRequest> = {
  typeName: 'etcdserverpb.DeleteRangeRequest',

  create() {
    return {
      key: EMPTY,
      rangeEnd: EMPTY,
      prevKv: false,
    };
  },

  decode(bytes) {
    return DeleteRangeRequest.read(new Reader(bytes), DeleteRangeRequest.create());
  },

  encode(message) {
    const writer = new Writer(DeleteRangeRequest.size(message));
    DeleteRangeRequest.write(message, writer);
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
          message.prevKv = reader.bool();
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
    if (message.prevKv) size += 2;
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
    if (message.prevKv) {
      writer.uint32(24);
      writer.bool(message.prevKv);
    }
  },
};

export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  deleted: number;
  prevKvs: KeyValue[];
}

export const DeleteRangeResponse: MessageCodec<DeleteRangeResponse> = {
  typeName: 'etcdserverpb.DeleteRangeResponse',

  create() {
    return {
      header: undefined,
      deleted: 0,
      prevKvs: [],
    };
  },

  decode(bytes) {
    return DeleteRangeResponse.read(new Reader(bytes), DeleteRangeResponse.create());
  },

  encode(message) {
    const writer = new Writer(DeleteRangeResponse.size(message));
    DeleteRangeResponse.write(message, writer);
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
          message.deleted = reader.int64();
          break;
        case 26: {
          const outerEnd = reader.enter();
          message.prevKvs.push(KeyValue.read(reader, KeyValue.create()));
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
    if (message.deleted) size += 1 + sizeNumber(message.deleted);
    if (message.prevKvs !== undefined) {
      for (const item of message.prevKvs) {
        size += 1 + sizeLength(KeyValue.size(item));
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
    if (message.deleted) {
      writer.uint32(16);
      writer.number(message.deleted);
    }
    if (message.prevKvs !== undefined) {
      for (const item of message.prevKvs) {
        writer.uint32(26);
        writer.uint32(KeyValue.size(item));
        KeyValue.write(item, writer);
      }
    }
  },
};

export interface RequestOp {
  request:
    | { case: 'requestRange'; value: RangeRequest }
    | { case: 'requestPut'; value: PutRequest }
    | { case: 'requestDeleteRange'; value: DeleteRangeRequest }
    | { case: 'requestTxn'; value: TxnRequest }
    | undefined;
}

export const RequestOp: MessageCodec<RequestOp> = {
  typeName: 'etcdserverpb.RequestOp',

  create() {
    return {
      request: undefined,
    };
  },

  decode(bytes) {
    return RequestOp.read(new Reader(bytes), RequestOp.create());
  },

  encode(message) {
    const writer = new Writer(RequestOp.size(message));
    RequestOp.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.request = { case: 'requestRange', value: RangeRequest.read(reader, message.request?.case === 'requestRange' ? message.request.value : RangeRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 18: {
          const outerEnd = reader.enter();
          message.request = { case: 'requestPut', value: PutRequest.read(reader, message.request?.case === 'requestPut' ? message.request.value : PutRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.request = { case: 'requestDeleteRange', value: DeleteRangeRequest.read(reader, message.request?.case === 'requestDeleteRange' ? message.request.value : DeleteRangeRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 34: {
          const outerEnd = reader.enter();
          message.request = { case: 'requestTxn', value: TxnRequest.read(reader, message.request?.case === 'requestTxn' ? message.request.value : TxnRequest.create()) };
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
    switch (message.request?.case) {
      case 'requestRange':
        size += 1 + sizeLength(RangeRequest.size(message.request.value));
        break;
      case 'requestPut':
        size += 1 + sizeLength(PutRequest.size(message.request.value));
        break;
      case 'requestDeleteRange':
        size += 1 + sizeLength(DeleteRangeRequest.size(message.request.value));
        break;
      case 'requestTxn':
        size += 1 + sizeLength(TxnRequest.size(message.request.value));
        break;
    }
    return size;
  },

  write(message, writer) {
    switch (message.request?.case) {
      case 'requestRange':
        writer.uint32(10);
        writer.uint32(RangeRequest.size(message.request.value));
        RangeRequest.write(message.request.value, writer);
        break;
      case 'requestPut':
        writer.uint32(18);
        writer.uint32(PutRequest.size(message.request.value));
        PutRequest.write(message.request.value, writer);
        break;
      case 'requestDeleteRange':
        writer.uint32(26);
        writer.uint32(DeleteRangeRequest.size(message.request.value));
        DeleteRangeRequest.write(message.request.value, writer);
        break;
      case 'requestTxn':
        writer.uint32(34);
        writer.uint32(TxnRequest.size(message.request.value));
        TxnRequest.write(message.request.value, writer);
        break;
    }
  },
};

export interface ResponseOp {
  response:
    | { case: 'responseRange'; value: RangeResponse }
    | { case: 'responsePut'; value: PutResponse }
    | { case: 'responseDeleteRange'; value: DeleteRangeResponse }
    | { case: 'responseTxn'; value: TxnResponse }
    | undefined;
}

export const ResponseOp: MessageCodec<ResponseOp> = {
  typeName: 'etcdserverpb.ResponseOp',

  create() {
    return {
      response: undefined,
    };
  },

  decode(bytes) {
    return ResponseOp.read(new Reader(bytes), ResponseOp.create());
  },

  encode(message) {
    const writer = new Writer(ResponseOp.size(message));
    ResponseOp.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.response = { case: 'responseRange', value: RangeResponse.read(reader, message.response?.case === 'responseRange' ? message.response.value : RangeResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 18: {
          const outerEnd = reader.enter();
          message.response = { case: 'responsePut', value: PutResponse.read(reader, message.response?.case === 'responsePut' ? message.response.value : PutResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.response = { case: 'responseDeleteRange', value: DeleteRangeResponse.read(reader, message.response?.case === 'responseDeleteRange' ? message.response.value : DeleteRangeResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 34: {
          const outerEnd = reader.enter();
          message.response = { case: 'responseTxn', value: TxnResponse.read(reader, message.response?.case === 'responseTxn' ? message.response.value : TxnResponse.create()) };
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
    switch (message.response?.case) {
      case 'responseRange':
        size += 1 + sizeLength(RangeResponse.size(message.response.value));
        break;
      case 'responsePut':
        size += 1 + sizeLength(PutResponse.size(message.response.value));
        break;
      case 'responseDeleteRange':
        size += 1 + sizeLength(DeleteRangeResponse.size(message.response.value));
        break;
      case 'responseTxn':
        size += 1 + sizeLength(TxnResponse.size(message.response.value));
        break;
    }
    return size;
  },

  write(message, writer) {
    switch (message.response?.case) {
      case 'responseRange':
        writer.uint32(10);
        writer.uint32(RangeResponse.size(message.response.value));
        RangeResponse.write(message.response.value, writer);
        break;
      case 'responsePut':
        writer.uint32(18);
        writer.uint32(PutResponse.size(message.response.value));
        PutResponse.write(message.response.value, writer);
        break;
      case 'responseDeleteRange':
        writer.uint32(26);
        writer.uint32(DeleteRangeResponse.size(message.response.value));
        DeleteRangeResponse.write(message.response.value, writer);
        break;
      case 'responseTxn':
        writer.uint32(34);
        writer.uint32(TxnResponse.size(message.response.value));
        TxnResponse.write(message.response.value, writer);
        break;
    }
  },
};

/** Holds when `target` of every key of the range is in the relation `result` to the given value. */
export interface Compare {
  /** A `CompareResult`. */
  result: number;
  /** A `CompareTarget`. */
  target: number;
  key: Uint8Array;
  targetUnion:
    | { case: 'version'; value: number }
    | { case: 'createRevision'; value: number }
    | { case: 'modRevision'; value: number }
    | { case: 'value'; value: Uint8Array }
    | { case: 'lease'; value: bigint }
    | undefined;
  /** As in RangeRequest. */
  rangeEnd: Uint8Array;
}

export const Compare: MessageCodec<Compare> = {
  typeName: 'etcdserverpb.Compare',

  create() {
    return {
      result: 0,
      target: 0,
      key: EMPTY,
      targetUnion: undefined,
      rangeEnd: EMPTY,
    };
  },

  decode(bytes) {
    return Compare.read(new Reader(bytes), Compare.create());
  },

  encode(message) {
    const writer = new Writer(Compare.size(message));
    Compare.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.result = reader.int32();
          break;
        case 16:
          message.target = reader.int32();
          break;
        case 26:
          message.key = reader.bytes();
          break;
        case 32:
          message.targetUnion = { case: 'version', value: reader.int64() };
          break;
        case 40:
          message.targetUnion = { case: 'createRevision', value: reader.int64() };
          break;
        case 48:
          message.targetUnion = { case: 'modRevision', value: reader.int64() };
          break;
        case 58:
          message.targetUnion = { case: 'value', value: reader.bytes() };
          break;
        case 64:
          message.targetUnion = { case: 'lease', value: reader.int64Exact() };
          break;
        case 514:
          message.rangeEnd = reader.bytes();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.result) size += 1 + sizeNumber(message.result);
    if (message.target) size += 1 + sizeNumber(message.target);
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    switch (message.targetUnion?.case) {
      case 'version':
        size += 1 + sizeNumber(message.targetUnion.value);
        break;
      case 'createRevision':
        size += 1 + sizeNumber(message.targetUnion.value);
        break;
      case 'modRevision':
        size += 1 + sizeNumber(message.targetUnion.value);
        break;
      case 'value':
        size += 1 + sizeBytes(message.targetUnion.value);
        break;
      case 'lease':
        size += 1 + sizeBigint(message.targetUnion.value);
        break;
    }
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) size += 2 + sizeBytes(message.rangeEnd);
    return size;
  },

  write(message, writer) {
    if (message.result) {
      writer.uint32(8);
      writer.int32(message.result);
    }
    if (message.target) {
      writer.uint32(16);
      writer.int32(message.target);
    }
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(26);
      writer.bytes(message.key);
    }
    switch (message.targetUnion?.case) {
      case 'version':
        writer.uint32(32);
        writer.number(message.targetUnion.value);
        break;
      case 'createRevision':
        writer.uint32(40);
        writer.number(message.targetUnion.value);
        break;
      case 'modRevision':
        writer.uint32(48);
        writer.number(message.targetUnion.value);
        break;
      case 'value':
        writer.uint32(58);
        writer.bytes(message.targetUnion.value);
        break;
      case 'lease':
        writer.uint32(64);
        writer.bigint(message.targetUnion.value);
        break;
    }
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) {
      writer.uint32(514);
      writer.bytes(message.rangeEnd);
    }
  },
};

export interface TxnRequest {
  /** All must hold for `success` to be done. */
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}

export const TxnRequest: MessageCodec<TxnRequest> = {
  typeName: 'etcdserverpb.TxnRequest',

  create() {
    return {
      compare: [],
      success: [],
      failure: [],
    };
  },

  decode(bytes) {
    return TxnRequest.read(new Reader(bytes), TxnRequest.create());
  },

  encode(message) {
    const writer = new Writer(TxnRequest.size(message));
    TxnRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.compare.push(Compare.read(reader, Compare.create()));
          reader.leave(outerEnd);
          break;
        }
        case 18: {
          const outerEnd = reader.enter();
          message.success.push(RequestOp.read(reader, RequestOp.create()));
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.failure.push(RequestOp.read(reader, RequestOp.create()));
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
    if (message.compare !== undefined) {
      for (const item of message.compare) {
        size += 1 + sizeLength(Compare.size(item));
      }
    }
    if (message.success !== undefined) {
      for (const item of message.success) {
        size += 1 + sizeLength(RequestOp.size(item));
      }
    }
    if (message.failure !== undefined) {
      for (const item of message.failure) {
        size += 1 + sizeLength(RequestOp.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.compare !== undefined) {
      for (const item of message.compare) {
        writer.uint32(10);
        writer.uint32(Compare.size(item));
        Compare.write(item, writer);
      }
    }
    if (message.success !== undefined) {
      for (const item of message.success) {
        writer.uint32(18);
        writer.uint32(RequestOp.size(item));
        RequestOp.write(item, writer);
      }
    }
    if (message.failure !== undefined) {
      for (const item of message.failure) {
        writer.uint32(26);
        writer.uint32(RequestOp.size(item));
        RequestOp.write(item, writer);
      }
    }
  },
};

export interface TxnResponse {
  header: ResponseHeader | undefined;
  succeeded: boolean;
  /** One for each operation done, in their order. */
  responses: ResponseOp[];
}

export const TxnResponse: MessageCodec<TxnResponse> = {
  typeName: 'etcdserverpb.TxnResponse',

  create() {
    return {
      header: undefined,
      succeeded: false,
      responses: [],
    };
  },

  decode(bytes) {
    return TxnResponse.read(new Reader(bytes), TxnResponse.create());
  },

  encode(message) {
    const writer = new Writer(TxnResponse.size(message));
    TxnResponse.write(message, writer);
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
          message.succeeded = reader.bool();
          break;
        case 26: {
          const outerEnd = reader.enter();
          message.responses.push(ResponseOp.read(reader, ResponseOp.create()));
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
    if (message.succeeded) size += 2;
    if (message.responses !== undefined) {
      for (const item of message.responses) {
        size += 1 + sizeLength(ResponseOp.size(item));
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
    if (message.succeeded) {
      writer.uint32(16);
      writer.bool(message.succeeded);
    }
    if (message.responses !== undefined) {
      for (const item of message.responses) {
        writer.uint32(26);
        writer.uint32(ResponseOp.size(item));
        ResponseOp.write(item, writer);
      }
    }
  },
};

export interface CompactionRequest {
  /** What is superseded at this revision is forgotten. */
  revision: number;
  /** Answer only when the space is given back. */
  physical: boolean;
}

export const CompactionRequest: MessageCodec<CompactionRequest> = {
  typeName: 'etcdserverpb.CompactionRequest',

  create() {
    return {
      revision: 0,
      physical: false,
    };
  },

  decode(bytes) {
    return CompactionRequest.read(new Reader(bytes), CompactionRequest.create());
  },

  encode(message) {
    const writer = new Writer(CompactionRequest.size(message));
    CompactionRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.revision = reader.int64();
          break;
        case 16:
          message.physical = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.revision) size += 1 + sizeNumber(message.revision);
    if (message.physical) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.revision) {
      writer.uint32(8);
      writer.number(message.revision);
    }
    if (message.physical) {
      writer.uint32(16);
      writer.bool(message.physical);
    }
  },
};

export interface CompactionResponse {
  header: ResponseHeader | undefined;
}

export const CompactionResponse: MessageCodec<CompactionResponse> = {
  typeName: 'etcdserverpb.CompactionResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return CompactionResponse.read(new Reader(bytes), CompactionResponse.create());
  },

  encode(message) {
    const writer = new Writer(CompactionResponse.size(message));
    CompactionResponse.write(message, writer);
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
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export const KV = {
  name: 'etcdserverpb.KV',
  methods: {
    /** Reads the keys of a range. */
    range: {
      name: 'Range',
      path: '/etcdserverpb.KV/Range',
      request: RangeRequest,
      response: RangeResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Reads the keys of a range, answered in chunks. New in etcd 3.7. */
    rangeStream: {
      name: 'RangeStream',
      path: '/etcdserverpb.KV/RangeStream',
      request: RangeRequest,
      response: RangeStreamResponse,
      requestStream: false,
      responseStream: true,
    },
    /** Writes one key. */
    put: {
      name: 'Put',
      path: '/etcdserverpb.KV/Put',
      request: PutRequest,
      response: PutResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Deletes the keys of a range; one delete event a key. */
    deleteRange: {
      name: 'DeleteRange',
      path: '/etcdserverpb.KV/DeleteRange',
      request: DeleteRangeRequest,
      response: DeleteRangeResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Compares, then does one of two lists of operations, all at one revision. */
    txn: {
      name: 'Txn',
      path: '/etcdserverpb.KV/Txn',
      request: TxnRequest,
      response: TxnResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Forgets history before a revision. */
    compact: {
      name: 'Compact',
      path: '/etcdserverpb.KV/Compact',
      request: CompactionRequest,
      response: CompactionResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
