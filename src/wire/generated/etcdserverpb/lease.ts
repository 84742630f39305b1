// Generated from proto/etcdserverpb/lease.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber, sizeString } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';

export interface LeaseGrantRequest {
  ttl: number;
  /** An id of the client's choice; 0: the server chooses. */
  id: bigint;
}

export const LeaseGrantRequest: MessageCodec<LeaseGrantRequest> = {
  typeName: 'etcdserverpb.LeaseGrantRequest',

  create() {
    return {
      ttl: 0,
      id: 0n,
    };
  },

  decode(bytes) {
    return LeaseGrantRequest.read(new Reader(bytes), LeaseGrantRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseGrantRequest.size(message));
    LeaseGrantRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.ttl = reader.int64();
          break;
        case 16:
          message.id = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.ttl) size += 1 + sizeNumber(message.ttl);
    if (message.id) size += 1 + sizeBigint(message.id);
    return size;
  },

  write(message, writer) {
    if (message.ttl) {
      writer.uint32(8);
      writer.number(message.ttl);
    }
    if (message.id) {
      writer.uint32(16);
      writer.bigint(message.id);
    }
  },
};

export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  ttl: number;
  error: string;
}

export const LeaseGrantResponse: MessageCodec<LeaseGrantResponse> = {
  typeName: 'etcdserverpb.LeaseGrantResponse',

  create() {
    return {
      header: undefined,
      id: 0n,
      ttl: 0,
      error: '',
    };
  },

  decode(bytes) {
    return LeaseGrantResponse.read(new Reader(bytes), LeaseGrantResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseGrantResponse.size(message));
    LeaseGrantResponse.write(message, writer);
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
          message.id = reader.int64Exact();
          break;
        case 24:
          message.ttl = reader.int64();
          break;
        case 34:
          message.error = reader.string();
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
    if (message.id) size += 1 + sizeBigint(message.id);
    if (message.ttl) size += 1 + sizeNumber(message.ttl);
    if (message.error) size += 1 + sizeString(message.error);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.id) {
      writer.uint32(16);
      writer.bigint(message.id);
    }
    if (message.ttl) {
      writer.uint32(24);
      writer.number(message.ttl);
    }
    if (message.error) {
      writer.uint32(34);
      writer.string(message.error);
    }
  },
};

export interface LeaseRevokeRequest {
  id: bigint;
}

export const LeaseRevokeRequest: MessageCodec<LeaseRevokeRequest> = {
  typeName: 'etcdserverpb.LeaseRevokeRequest',

  create() {
    return {
      id: 0n,
    };
  },

  decode(bytes) {
    return LeaseRevokeRequest.read(new Reader(bytes), LeaseRevokeRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseRevokeRequest.size(message));
    LeaseRevokeRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.id) size += 1 + sizeBigint(message.id);
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
  },
};

export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}

export const LeaseRevokeResponse: MessageCodec<LeaseRevokeResponse> = {
  typeName: 'etcdserverpb.LeaseRevokeResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return LeaseRevokeResponse.read(new Reader(bytes), LeaseRevokeResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseRevokeResponse.size(message));
    LeaseRevokeResponse.write(message, writer);
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

export interface LeaseCheckpoint {
  id: bigint;
  remainingTtl: number;
}

export const LeaseCheckpoint: MessageCodec<LeaseCheckpoint> = {
  typeName: 'etcdserverpb.LeaseCheckpoint',

  create() {
    return {
      id: 0n,
      remainingTtl: 0,
    };
  },

  decode(bytes) {
    return LeaseCheckpoint.read(new Reader(bytes), LeaseCheckpoint.create());
  },

  encode(message) {
    const writer = new Writer(LeaseCheckpoint.size(message));
    LeaseCheckpoint.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        case 16:
          message.remainingTtl = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.id) size += 1 + sizeBigint(message.id);
    if (message.remainingTtl) size += 1 + sizeNumber(message.remainingTtl);
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
    if (message.remainingTtl) {
      writer.uint32(16);
      writer.number(message.remainingTtl);
    }
  },
};

export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}

export const LeaseCheckpointRequest: MessageCodec<LeaseCheckpointRequest> = {
  typeName: 'etcdserverpb.LeaseCheckpointRequest',

  create() {
    return {
      checkpoints: [],
    };
  },

  decode(bytes) {
    return LeaseCheckpointRequest.read(new Reader(bytes), LeaseCheckpointRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseCheckpointRequest.size(message));
    LeaseCheckpointRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.checkpoints.push(LeaseCheckpoint.read(reader, LeaseCheckpoint.create()));
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
    if (message.checkpoints !== undefined) {
      for (const item of message.checkpoints) {
        size += 1 + sizeLength(LeaseCheckpoint.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.checkpoints !== undefined) {
      for (const item of message.checkpoints) {
        writer.uint32(10);
        writer.uint32(LeaseCheckpoint.size(item));
        LeaseCheckpoint.write(item, writer);
      }
    }
  },
};

export interface LeaseCheckpointResponse {
  header: ResponseHeader | undefined;
}

export const LeaseCheckpointResponse: MessageCodec<LeaseCheckpointResponse> = {
  typeName: 'etcdserverpb.LeaseCheckpointResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return LeaseCheckpointResponse.read(new Reader(bytes), LeaseCheckpointResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseCheckpointResponse.size(message));
    LeaseCheckpointResponse.write(message, writer);
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

export interface LeaseKeepAliveRequest {
  id: bigint;
}

export const LeaseKeepAliveRequest: MessageCodec<LeaseKeepAliveRequest> = {
  typeName: 'etcdserverpb.LeaseKeepAliveRequest',

  create() {
    return {
      id: 0n,
    };
  },

  decode(bytes) {
    return LeaseKeepAliveRequest.read(new Reader(bytes), LeaseKeepAliveRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseKeepAliveRequest.size(message));
    LeaseKeepAliveRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.id) size += 1 + sizeBigint(message.id);
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
  },
};

export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  /** 0: the lease is gone. */
  ttl: number;
}

export const LeaseKeepAliveResponse: MessageCodec<LeaseKeepAliveResponse> = {
  typeName: 'etcdserverpb.LeaseKeepAliveResponse',

  create() {
    return {
      header: undefined,
      id: 0n,
      ttl: 0,
    };
  },

  decode(bytes) {
    return LeaseKeepAliveResponse.read(new Reader(bytes), LeaseKeepAliveResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseKeepAliveResponse.size(message));
    LeaseKeepAliveResponse.write(message, writer);
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
          message.id = reader.int64Exact();
          break;
        case 24:
          message.ttl = reader.int64();
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
    if (message.id) size += 1 + sizeBigint(message.id);
    if (message.ttl) size += 1 + sizeNumber(message.ttl);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.id) {
      writer.uint32(16);
      writer.bigint(message.id);
    }
    if (message.ttl) {
      writer.uint32(24);
      writer.number(message.ttl);
    }
  },
};

export interface LeaseTimeToLiveRequest {
  id: bigint;
  /** Return the keys attached to the lease. */
  keys: boolean;
}

export const LeaseTimeToLiveRequest: MessageCodec<LeaseTimeToLiveRequest> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveRequest',

  create() {
    return {
      id: 0n,
      keys: false,
    };
  },

  decode(bytes) {
    return LeaseTimeToLiveRequest.read(new Reader(bytes), LeaseTimeToLiveRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseTimeToLiveRequest.size(message));
    LeaseTimeToLiveRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        case 16:
          message.keys = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.id) size += 1 + sizeBigint(message.id);
    if (message.keys) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
    if (message.keys) {
      writer.uint32(16);
      writer.bool(message.keys);
    }
  },
};

export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  /** What is left; -1: the lease is gone. */
  ttl: number;
  grantedTtl: number;
  keys: Uint8Array[];
}

export const LeaseTimeToLiveResponse: MessageCodec<LeaseTimeToLiveResponse> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveResponse',

  create() {
    return {
      header: undefined,
      id: 0n,
      ttl: 0,
      grantedTtl: 0,
      keys: [],
    };
  },

  decode(bytes) {
    return LeaseTimeToLiveResponse.read(new Reader(bytes), LeaseTimeToLiveResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseTimeToLiveResponse.size(message));
    LeaseTimeToLiveResponse.write(message, writer);
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
          message.id = reader.int64Exact();
          break;
        case 24:
          message.ttl = reader.int64();
          break;
        case 32:
          message.grantedTtl = reader.int64();
          break;
        case 42:
          message.keys.push(reader.bytes());
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
    if (message.id) size += 1 + sizeBigint(message.id);
    if (message.ttl) size += 1 + sizeNumber(message.ttl);
    if (message.grantedTtl) size += 1 + sizeNumber(message.grantedTtl);
    if (message.keys !== undefined) {
      for (const item of message.keys) {
        size += 1 + sizeBytes(item);
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
    if (message.id) {
      writer.uint32(16);
      writer.bigint(message.id);
    }
    if (message.ttl) {
      writer.uint32(24);
      writer.number(message.ttl);
    }
    if (message.grantedTtl) {
      writer.uint32(32);
      writer.number(message.grantedTtl);
    }
    if (message.keys !== undefined) {
      for (const item of message.keys) {
        writer.uint32(42);
        writer.bytes(item);
      }
    }
  },
};

export interface LeaseLeasesRequest {
}

export const LeaseLeasesRequest: MessageCodec<LeaseLeasesRequest> = {
  typeName: 'etcdserverpb.LeaseLeasesRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return LeaseLeasesRequest.read(new Reader(bytes), LeaseLeasesRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaseLeasesRequest.size(message));
    LeaseLeasesRequest.write(message, writer);
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

export interface LeaseStatus {
  id: bigint;
}

export const LeaseStatus: MessageCodec<LeaseStatus> = {
  typeName: 'etcdserverpb.LeaseStatus',

  create() {
    return {
      id: 0n,
    };
  },

  decode(bytes) {
    return LeaseStatus.read(new Reader(bytes), LeaseStatus.create());
  },

  encode(message) {
    const writer = new Writer(LeaseStatus.size(message));
    LeaseStatus.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.id) size += 1 + sizeBigint(message.id);
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
  },
};

export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined;
  leases: LeaseStatus[];
}

export const LeaseLeasesResponse: MessageCodec<LeaseLeasesResponse> = {
  typeName: 'etcdserverpb.LeaseLeasesResponse',

  create() {
    return {
      header: undefined,
      leases: [],
    };
  },

  decode(bytes) {
    return LeaseLeasesResponse.read(new Reader(bytes), LeaseLeasesResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaseLeasesResponse.size(message));
    LeaseLeasesResponse.write(message, writer);
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
          message.leases.push(LeaseStatus.read(reader, LeaseStatus.create()));
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
    if (message.leases !== undefined) {
      for (const item of message.leases) {
        size += 1 + sizeLength(LeaseStatus.size(item));
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
    if (message.leases !== undefined) {
      for (const item of message.leases) {
        writer.uint32(18);
        writer.uint32(LeaseStatus.size(item));
        LeaseStatus.write(item, writer);
      }
    }
  },
};

export const Lease = {
  name: 'etcdserverpb.Lease',
  methods: {
    /** Starts a lease. When it is not kept alive, it expires, and the keys attached to it are deleted. */
    leaseGrant: {
      name: 'LeaseGrant',
      path: '/etcdserverpb.Lease/LeaseGrant',
      request: LeaseGrantRequest,
      response: LeaseGrantResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Ends a lease, and deletes its keys. */
    leaseRevoke: {
      name: 'LeaseRevoke',
      path: '/etcdserverpb.Lease/LeaseRevoke',
      request: LeaseRevokeRequest,
      response: LeaseRevokeResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Starts the time to live anew, once a request. */
    leaseKeepAlive: {
      name: 'LeaseKeepAlive',
      path: '/etcdserverpb.Lease/LeaseKeepAlive',
      request: LeaseKeepAliveRequest,
      response: LeaseKeepAliveResponse,
      requestStream: true,
      responseStream: true,
    },
    leaseTimeToLive: {
      name: 'LeaseTimeToLive',
      path: '/etcdserverpb.Lease/LeaseTimeToLive',
      request: LeaseTimeToLiveRequest,
      response: LeaseTimeToLiveResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Lists the leases there are. */
    leaseLeases: {
      name: 'LeaseLeases',
      path: '/etcdserverpb.Lease/LeaseLeases',
      request: LeaseLeasesRequest,
      response: LeaseLeasesResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
