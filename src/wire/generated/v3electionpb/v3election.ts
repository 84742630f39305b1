// Generated from proto/v3electionpb/v3election.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from '../etcdserverpb/header.ts';
import { KeyValue } from '../mvccpb/kv.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export interface CampaignRequest {
  name: Uint8Array;
  /** Leadership is given up with this lease. */
  lease: bigint;
  value: Uint8Array;
}

export const CampaignRequest: MessageCodec<CampaignRequest> = {
  typeName: 'v3electionpb.CampaignRequest',

  create() {
    return {
      name: EMPTY,
      lease: 0n,
      value: EMPTY,
    };
  },

  decode(bytes) {
    return CampaignRequest.read(new Reader(bytes), CampaignRequest.create());
  },

  encode(message) {
    const writer = new Writer(CampaignRequest.size(message));
    CampaignRequest.write(message, writer);
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
        case 26:
          message.value = reader.bytes();
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
    if (message.value !== undefined && message.value.length > 0) size += 1 + sizeBytes(message.value);
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
    if (message.value !== undefined && message.value.length > 0) {
      writer.uint32(26);
      writer.bytes(message.value);
    }
  },
};

export interface CampaignResponse {
  header: ResponseHeader | undefined;
  leader: LeaderKey | undefined;
}

export const CampaignResponse: MessageCodec<CampaignResponse> = {
  typeName: 'v3electionpb.CampaignResponse',

  create() {
    return {
      header: undefined,
      leader: undefined,
    };
  },

  decode(bytes) {
    return CampaignResponse.read(new Reader(bytes), CampaignResponse.create());
  },

  encode(message) {
    const writer = new Writer(CampaignResponse.size(message));
    CampaignResponse.write(message, writer);
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
          message.leader = LeaderKey.read(reader, message.leader ?? LeaderKey.create());
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
    if (message.leader !== undefined) size += 1 + sizeLength(LeaderKey.size(message.leader));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.leader !== undefined) {
      writer.uint32(18);
      writer.uint32(LeaderKey.size(message.leader));
      LeaderKey.write(message.leader, writer);
    }
  },
};

/** The key that stands for leadership: who leads is who has it. */
export interface LeaderKey {
  name: Uint8Array;
  key: Uint8Array;
  /** The key's create revision. */
  rev: number;
  lease: bigint;
}

export const LeaderKey: MessageCodec<LeaderKey> = {
  typeName: 'v3electionpb.LeaderKey',

  create() {
    return {
      name: EMPTY,
      key: EMPTY,
      rev: 0,
      lease: 0n,
    };
  },

  decode(bytes) {
    return LeaderKey.read(new Reader(bytes), LeaderKey.create());
  },

  encode(message) {
    const writer = new Writer(LeaderKey.size(message));
    LeaderKey.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.bytes();
          break;
        case 18:
          message.key = reader.bytes();
          break;
        case 24:
          message.rev = reader.int64();
          break;
        case 32:
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
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    if (message.rev) size += 1 + sizeNumber(message.rev);
    if (message.lease) size += 1 + sizeBigint(message.lease);
    return size;
  },

  write(message, writer) {
    if (message.name !== undefined && message.name.length > 0) {
      writer.uint32(10);
      writer.bytes(message.name);
    }
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(18);
      writer.bytes(message.key);
    }
    if (message.rev) {
      writer.uint32(24);
      writer.number(message.rev);
    }
    if (message.lease) {
      writer.uint32(32);
      writer.bigint(message.lease);
    }
  },
};

export interface LeaderRequest {
  name: Uint8Array;
}

export const LeaderRequest: MessageCodec<LeaderRequest> = {
  typeName: 'v3electionpb.LeaderRequest',

  create() {
    return {
      name: EMPTY,
    };
  },

  decode(bytes) {
    return LeaderRequest.read(new Reader(bytes), LeaderRequest.create());
  },

  encode(message) {
    const writer = new Writer(LeaderRequest.size(message));
    LeaderRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.bytes();
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
    return size;
  },

  write(message, writer) {
    if (message.name !== undefined && message.name.length > 0) {
      writer.uint32(10);
      writer.bytes(message.name);
    }
  },
};

export interface LeaderResponse {
  header: ResponseHeader | undefined;
  kv: KeyValue | undefined;
}

export const LeaderResponse: MessageCodec<LeaderResponse> = {
  typeName: 'v3electionpb.LeaderResponse',

  create() {
    return {
      header: undefined,
      kv: undefined,
    };
  },

  decode(bytes) {
    return LeaderResponse.read(new Reader(bytes), LeaderResponse.create());
  },

  encode(message) {
    const writer = new Writer(LeaderResponse.size(message));
    LeaderResponse.write(message, writer);
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
          message.kv = KeyValue.read(reader, message.kv ?? KeyValue.create());
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
    if (message.kv !== undefined) size += 1 + sizeLength(KeyValue.size(message.kv));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.kv !== undefined) {
      writer.uint32(18);
      writer.uint32(KeyValue.size(message.kv));
      KeyValue.write(message.kv, writer);
    }
  },
};

export interface ResignRequest {
  leader: LeaderKey | undefined;
}

export const ResignRequest: MessageCodec<ResignRequest> = {
  typeName: 'v3electionpb.ResignRequest',

  create() {
    return {
      leader: undefined,
    };
  },

  decode(bytes) {
    return ResignRequest.read(new Reader(bytes), ResignRequest.create());
  },

  encode(message) {
    const writer = new Writer(ResignRequest.size(message));
    ResignRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.leader = LeaderKey.read(reader, message.leader ?? LeaderKey.create());
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
    if (message.leader !== undefined) size += 1 + sizeLength(LeaderKey.size(message.leader));
    return size;
  },

  write(message, writer) {
    if (message.leader !== undefined) {
      writer.uint32(10);
      writer.uint32(LeaderKey.size(message.leader));
      LeaderKey.write(message.leader, writer);
    }
  },
};

export interface ResignResponse {
  header: ResponseHeader | undefined;
}

export const ResignResponse: MessageCodec<ResignResponse> = {
  typeName: 'v3electionpb.ResignResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return ResignResponse.read(new Reader(bytes), ResignResponse.create());
  },

  encode(message) {
    const writer = new Writer(ResignResponse.size(message));
    ResignResponse.write(message, writer);
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

export interface ProclaimRequest {
  leader: LeaderKey | undefined;
  value: Uint8Array;
}

export const ProclaimRequest: MessageCodec<ProclaimRequest> = {
  typeName: 'v3electionpb.ProclaimRequest',

  create() {
    return {
      leader: undefined,
      value: EMPTY,
    };
  },

  decode(bytes) {
    return ProclaimRequest.read(new Reader(bytes), ProclaimRequest.create());
  },

  encode(message) {
    const writer = new Writer(ProclaimRequest.size(message));
    ProclaimRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.leader = LeaderKey.read(reader, message.leader ?? LeaderKey.create());
          reader.leave(outerEnd);
          break;
        }
        case 18:
          message.value = reader.bytes();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.leader !== undefined) size += 1 + sizeLength(LeaderKey.size(message.leader));
    if (message.value !== undefined && message.value.length > 0) size += 1 + sizeBytes(message.value);
    return size;
  },

  write(message, writer) {
    if (message.leader !== undefined) {
      writer.uint32(10);
      writer.uint32(LeaderKey.size(message.leader));
      LeaderKey.write(message.leader, writer);
    }
    if (message.value !== undefined && message.value.length > 0) {
      writer.uint32(18);
      writer.bytes(message.value);
    }
  },
};

export interface ProclaimResponse {
  header: ResponseHeader | undefined;
}

export const ProclaimResponse: MessageCodec<ProclaimResponse> = {
  typeName: 'v3electionpb.ProclaimResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return ProclaimResponse.read(new Reader(bytes), ProclaimResponse.create());
  },

  encode(message) {
    const writer = new Writer(ProclaimResponse.size(message));
    ProclaimResponse.write(message, writer);
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

export const Election = {
  name: 'v3electionpb.Election',
  methods: {
    /** Waits to become the leader of an election. */
    campaign: {
      name: 'Campaign',
      path: '/v3electionpb.Election/Campaign',
      request: CampaignRequest,
      response: CampaignResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Changes the leader's value. */
    proclaim: {
      name: 'Proclaim',
      path: '/v3electionpb.Election/Proclaim',
      request: ProclaimRequest,
      response: ProclaimResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Reads who leads. */
    leader: {
      name: 'Leader',
      path: '/v3electionpb.Election/Leader',
      request: LeaderRequest,
      response: LeaderResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Follows who leads. */
    observe: {
      name: 'Observe',
      path: '/v3electionpb.Election/Observe',
      request: LeaderRequest,
      response: LeaderResponse,
      requestStream: false,
      responseStream: true,
    },
    /** Gives leadership up. */
    resign: {
      name: 'Resign',
      path: '/v3electionpb.Election/Resign',
      request: ResignRequest,
      response: ResignResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
