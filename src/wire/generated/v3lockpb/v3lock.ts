// Generated from proto/v3lockpb/v3lock.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from '../etcdserverpb/header.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export interface LockRequest {
  name: Uint8Array;
  /** The lock is given up with this lease. Locking twice with one lease is one lock. */
  lease: bigint;
}

export const LockRequest: MessageCodec<LockRequest> = {
  typeName: 'v3lockpb.LockRequest',

  create() {
    return {
      name: EMPTY,
      lease: 0n,
    };
  },

  decode(bytes) {
    return LockRequest.read(new Reader(bytes), LockRequest.create());
  },

  encode(message) {
    const writer = new Writer(LockRequest.size(message));
    LockRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.bytes();
          break;
        case 16:
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
    if (message.name !== undefined && message.name.length > 0) size += 1 + sizeBytes(message.name);
    if (message.lease) size += 1 + sizeBigint(message.lease);
    return size;
  },

  write(message, writer) {
    if (message.name !== undefined && message.name.length > 0) {
      writer.uint32(10);
      writer.bytes(message.name);
    }
    if (message.lease) {
      writer.uint32(16);
      writer.bigint(message.lease);
    }
  },
};

export interface LockResponse {
  header: ResponseHeader | undefined;
  key: Uint8Array;
}

export const LockResponse: MessageCodec<LockResponse> = {
  typeName: 'v3lockpb.LockResponse',

  create() {
    return {
      header: undefined,
      key: EMPTY,
    };
  },

  decode(bytes) {
    return LockResponse.read(new Reader(bytes), LockResponse.create());
  },

  encode(message) {
    const writer = new Writer(LockResponse.size(message));
    LockResponse.write(message, writer);
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
        case 18:
          message.key = reader.bytes();
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
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(18);
      writer.bytes(message.key);
    }
  },
};

export interface UnlockRequest {
  /** The key that LockResponse named. */
  key: Uint8Array;
}

export const UnlockRequest: MessageCodec<UnlockRequest> = {
  typeName: 'v3lockpb.UnlockRequest',

  create() {
    return {
      key: EMPTY,
    };
  },

  decode(bytes) {
    return UnlockRequest.read(new Reader(bytes), UnlockRequest.create());
  },

  encode(message) {
    const writer = new Writer(UnlockRequest.size(message));
    UnlockRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.key = reader.bytes();
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
    return size;
  },

  write(message, writer) {
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(10);
      writer.bytes(message.key);
    }
  },
};

export interface UnlockResponse {
  header: ResponseHeader | undefined;
}

export const UnlockResponse: MessageCodec<UnlockResponse> = {
  typeName: 'v3lockpb.UnlockResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return UnlockResponse.read(new Reader(bytes), UnlockResponse.create());
  },

  encode(message) {
    const writer = new Writer(UnlockResponse.size(message));
    UnlockResponse.write(message, writer);
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

export const Lock = {
  name: 'v3lockpb.Lock',
  methods: {
    /** Waits for the lock of a name. The key returned exists as long as the lock is held. */
    lock: {
      name: 'Lock',
      path: '/v3lockpb.Lock/Lock',
      request: LockRequest,
      response: LockResponse,
      requestStream: false,
      responseStream: false,
    },
    unlock: {
      name: 'Unlock',
      path: '/v3lockpb.Lock/Unlock',
      request: UnlockRequest,
      response: UnlockResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
