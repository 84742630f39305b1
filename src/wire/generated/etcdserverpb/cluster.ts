// Generated from proto/etcdserverpb/cluster.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeLength, sizeString } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';

export interface Member {
  id: bigint;
  /** Empty: the member has not started yet. */
  name: string;
  peerUrls: string[];
  clientUrls: string[];
  isLearner: boolean;
}

export const Member: MessageCodec<Member> = {
  typeName: 'etcdserverpb.Member',

  create() {
    return {
      id: 0n,
      name: '',
      peerUrls: [],
      clientUrls: [],
      isLearner: false,
    };
  },

  decode(bytes) {
    return Member.read(new Reader(bytes), Member.create());
  },

  encode(message) {
    const writer = new Writer(Member.size(message));
    Member.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.uint64Exact();
          break;
        case 18:
          message.name = reader.string();
          break;
        case 26:
          message.peerUrls.push(reader.string());
          break;
        case 34:
          message.clientUrls.push(reader.string());
          break;
        case 40:
          message.isLearner = reader.bool();
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
    if (message.name) size += 1 + sizeString(message.name);
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        size += 1 + sizeString(item);
      }
    }
    if (message.clientUrls !== undefined) {
      for (const item of message.clientUrls) {
        size += 1 + sizeString(item);
      }
    }
    if (message.isLearner) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
    if (message.name) {
      writer.uint32(18);
      writer.string(message.name);
    }
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        writer.uint32(26);
        writer.string(item);
      }
    }
    if (message.clientUrls !== undefined) {
      for (const item of message.clientUrls) {
        writer.uint32(34);
        writer.string(item);
      }
    }
    if (message.isLearner) {
      writer.uint32(40);
      writer.bool(message.isLearner);
    }
  },
};

export interface MemberAddRequest {
  peerUrls: string[];
  isLearner: boolean;
}

export const MemberAddRequest: MessageCodec<MemberAddRequest> = {
  typeName: 'etcdserverpb.MemberAddRequest',

  create() {
    return {
      peerUrls: [],
      isLearner: false,
    };
  },

  decode(bytes) {
    return MemberAddRequest.read(new Reader(bytes), MemberAddRequest.create());
  },

  encode(message) {
    const writer = new Writer(MemberAddRequest.size(message));
    MemberAddRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.peerUrls.push(reader.string());
          break;
        case 16:
          message.isLearner = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        size += 1 + sizeString(item);
      }
    }
    if (message.isLearner) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        writer.uint32(10);
        writer.string(item);
      }
    }
    if (message.isLearner) {
      writer.uint32(16);
      writer.bool(message.isLearner);
    }
  },
};

export interface MemberAddResponse {
  header: ResponseHeader | undefined;
  member: Member | undefined;
  members: Member[];
}

export const MemberAddResponse: MessageCodec<MemberAddResponse> = {
  typeName: 'etcdserverpb.MemberAddResponse',

  create() {
    return {
      header: undefined,
      member: undefined,
      members: [],
    };
  },

  decode(bytes) {
    return MemberAddResponse.read(new Reader(bytes), MemberAddResponse.create());
  },

  encode(message) {
    const writer = new Writer(MemberAddResponse.size(message));
    MemberAddResponse.write(message, writer);
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
          message.member = Member.read(reader, message.member ?? Member.create());
          reader.leave(outerEnd);
          break;
        }
        case 26: {
          const outerEnd = reader.enter();
          message.members.push(Member.read(reader, Member.create()));
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
    if (message.member !== undefined) size += 1 + sizeLength(Member.size(message.member));
    if (message.members !== undefined) {
      for (const item of message.members) {
        size += 1 + sizeLength(Member.size(item));
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
    if (message.member !== undefined) {
      writer.uint32(18);
      writer.uint32(Member.size(message.member));
      Member.write(message.member, writer);
    }
    if (message.members !== undefined) {
      for (const item of message.members) {
        writer.uint32(26);
        writer.uint32(Member.size(item));
        Member.write(item, writer);
      }
    }
  },
};

export interface MemberRemoveRequest {
  id: bigint;
}

export const MemberRemoveRequest: MessageCodec<MemberRemoveRequest> = {
  typeName: 'etcdserverpb.MemberRemoveRequest',

  create() {
    return {
      id: 0n,
    };
  },

  decode(bytes) {
    return MemberRemoveRequest.read(new Reader(bytes), MemberRemoveRequest.create());
  },

  encode(message) {
    const writer = new Writer(MemberRemoveRequest.size(message));
    MemberRemoveRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.uint64Exact();
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

export interface MemberRemoveResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberRemoveResponse: MessageCodec<MemberRemoveResponse> = {
  typeName: 'etcdserverpb.MemberRemoveResponse',

  create() {
    return {
      header: undefined,
      members: [],
    };
  },

  decode(bytes) {
    return MemberRemoveResponse.read(new Reader(bytes), MemberRemoveResponse.create());
  },

  encode(message) {
    const writer = new Writer(MemberRemoveResponse.size(message));
    MemberRemoveResponse.write(message, writer);
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
          message.members.push(Member.read(reader, Member.create()));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        size += 1 + sizeLength(Member.size(item));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        writer.uint32(18);
        writer.uint32(Member.size(item));
        Member.write(item, writer);
      }
    }
  },
};

export interface MemberUpdateRequest {
  id: bigint;
  peerUrls: string[];
}

export const MemberUpdateRequest: MessageCodec<MemberUpdateRequest> = {
  typeName: 'etcdserverpb.MemberUpdateRequest',

  create() {
    return {
      id: 0n,
      peerUrls: [],
    };
  },

  decode(bytes) {
    return MemberUpdateRequest.read(new Reader(bytes), MemberUpdateRequest.create());
  },

  encode(message) {
    const writer = new Writer(MemberUpdateRequest.size(message));
    MemberUpdateRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.uint64Exact();
          break;
        case 18:
          message.peerUrls.push(reader.string());
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
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        size += 1 + sizeString(item);
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
    if (message.peerUrls !== undefined) {
      for (const item of message.peerUrls) {
        writer.uint32(18);
        writer.string(item);
      }
    }
  },
};

export interface MemberUpdateResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberUpdateResponse: MessageCodec<MemberUpdateResponse> = {
  typeName: 'etcdserverpb.MemberUpdateResponse',

  create() {
    return {
      header: undefined,
      members: [],
    };
  },

  decode(bytes) {
    return MemberUpdateResponse.read(new Reader(bytes), MemberUpdateResponse.create());
  },

  encode(message) {
    const writer = new Writer(MemberUpdateResponse.size(message));
    MemberUpdateResponse.write(message, writer);
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
          message.members.push(Member.read(reader, Member.create()));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        size += 1 + sizeLength(Member.size(item));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        writer.uint32(18);
        writer.uint32(Member.size(item));
        Member.write(item, writer);
      }
    }
  },
};

export interface MemberListRequest {
  linearizable: boolean;
}

export const MemberListRequest: MessageCodec<MemberListRequest> = {
  typeName: 'etcdserverpb.MemberListRequest',

  create() {
    return {
      linearizable: false,
    };
  },

  decode(bytes) {
    return MemberListRequest.read(new Reader(bytes), MemberListRequest.create());
  },

  encode(message) {
    const writer = new Writer(MemberListRequest.size(message));
    MemberListRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.linearizable = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.linearizable) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.linearizable) {
      writer.uint32(8);
      writer.bool(message.linearizable);
    }
  },
};

export interface MemberListResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberListResponse: MessageCodec<MemberListResponse> = {
  typeName: 'etcdserverpb.MemberListResponse',

  create() {
    return {
      header: undefined,
      members: [],
    };
  },

  decode(bytes) {
    return MemberListResponse.read(new Reader(bytes), MemberListResponse.create());
  },

  encode(message) {
    const writer = new Writer(MemberListResponse.size(message));
    MemberListResponse.write(message, writer);
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
          message.members.push(Member.read(reader, Member.create()));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        size += 1 + sizeLength(Member.size(item));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        writer.uint32(18);
        writer.uint32(Member.size(item));
        Member.write(item, writer);
      }
    }
  },
};

export interface MemberPromoteRequest {
  id: bigint;
}

export const MemberPromoteRequest: MessageCodec<MemberPromoteRequest> = {
  typeName: 'etcdserverpb.MemberPromoteRequest',

  create() {
    return {
      id: 0n,
    };
  },

  decode(bytes) {
    return MemberPromoteRequest.read(new Reader(bytes), MemberPromoteRequest.create());
  },

  encode(message) {
    const writer = new Writer(MemberPromoteRequest.size(message));
    MemberPromoteRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.uint64Exact();
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

export interface MemberPromoteResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberPromoteResponse: MessageCodec<MemberPromoteResponse> = {
  typeName: 'etcdserverpb.MemberPromoteResponse',

  create() {
    return {
      header: undefined,
      members: [],
    };
  },

  decode(bytes) {
    return MemberPromoteResponse.read(new Reader(bytes), MemberPromoteResponse.create());
  },

  encode(message) {
    const writer = new Writer(MemberPromoteResponse.size(message));
    MemberPromoteResponse.write(message, writer);
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
          message.members.push(Member.read(reader, Member.create()));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        size += 1 + sizeLength(Member.size(item));
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
    if (message.members !== undefined) {
      for (const item of message.members) {
        writer.uint32(18);
        writer.uint32(Member.size(item));
        Member.write(item, writer);
      }
    }
  },
};

export const Cluster = {
  name: 'etcdserverpb.Cluster',
  methods: {
    memberAdd: {
      name: 'MemberAdd',
      path: '/etcdserverpb.Cluster/MemberAdd',
      request: MemberAddRequest,
      response: MemberAddResponse,
      requestStream: false,
      responseStream: false,
    },
    memberRemove: {
      name: 'MemberRemove',
      path: '/etcdserverpb.Cluster/MemberRemove',
      request: MemberRemoveRequest,
      response: MemberRemoveResponse,
      requestStream: false,
      responseStream: false,
    },
    memberUpdate: {
      name: 'MemberUpdate',
      path: '/etcdserverpb.Cluster/MemberUpdate',
      request: MemberUpdateRequest,
      response: MemberUpdateResponse,
      requestStream: false,
      responseStream: false,
    },
    memberList: {
      name: 'MemberList',
      path: '/etcdserverpb.Cluster/MemberList',
      request: MemberListRequest,
      response: MemberListResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Turns a learner into a voting member. */
    memberPromote: {
      name: 'MemberPromote',
      path: '/etcdserverpb.Cluster/MemberPromote',
      request: MemberPromoteRequest,
      response: MemberPromoteResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
