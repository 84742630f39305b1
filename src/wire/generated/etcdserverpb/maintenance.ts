// Generated from proto/etcdserverpb/maintenance.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBigint, sizeBytes, sizeLength, sizeNumber, sizeString, sizeUint32 } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const;

export type AlarmType = (typeof AlarmType)[keyof typeof AlarmType];

export const AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const;

export type AlarmAction = (typeof AlarmAction)[keyof typeof AlarmAction];

export const DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const;

export type DowngradeAction = (typeof DowngradeAction)[keyof typeof DowngradeAction];

export interface AlarmRequest {
  /** A `AlarmAction`. */
  action: number;
  /** 0: every member. */
  memberId: bigint;
  /** A `AlarmType`. */
  alarm: number;
}

export const AlarmRequest: MessageCodec<AlarmRequest> = {
  typeName: 'etcdserverpb.AlarmRequest',

  create() {
    return {
      action: 0,
      memberId: 0n,
      alarm: 0,
    };
  },

  decode(bytes) {
    return AlarmRequest.read(new Reader(bytes), AlarmRequest.create());
  },

  encode(message) {
    const writer = new Writer(AlarmRequest.size(message));
    AlarmRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.action = reader.int32();
          break;
        case 16:
          message.memberId = reader.uint64Exact();
          break;
        case 24:
          message.alarm = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.action) size += 1 + sizeNumber(message.action);
    if (message.memberId) size += 1 + sizeBigint(message.memberId);
    if (message.alarm) size += 1 + sizeNumber(message.alarm);
    return size;
  },

  write(message, writer) {
    if (message.action) {
      writer.uint32(8);
      writer.int32(message.action);
    }
    if (message.memberId) {
      writer.uint32(16);
      writer.bigint(message.memberId);
    }
    if (message.alarm) {
      writer.uint32(24);
      writer.int32(message.alarm);
    }
  },
};

export interface AlarmMember {
  memberId: bigint;
  /** A `AlarmType`. */
  alarm: number;
}

export const AlarmMember: MessageCodec<AlarmMember> = {
  typeName: 'etcdserverpb.AlarmMember',

  create() {
    return {
      memberId: 0n,
      alarm: 0,
    };
  },

  decode(bytes) {
    return AlarmMember.read(new Reader(bytes), AlarmMember.create());
  },

  encode(message) {
    const writer = new Writer(AlarmMember.size(message));
    AlarmMember.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.memberId = reader.uint64Exact();
          break;
        case 16:
          message.alarm = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.memberId) size += 1 + sizeBigint(message.memberId);
    if (message.alarm) size += 1 + sizeNumber(message.alarm);
    return size;
  },

  write(message, writer) {
    if (message.memberId) {
      writer.uint32(8);
      writer.bigint(message.memberId);
    }
    if (message.alarm) {
      writer.uint32(16);
      writer.int32(message.alarm);
    }
  },
};

export interface AlarmResponse {
  header: ResponseHeader | undefined;
  alarms: AlarmMember[];
}

export const AlarmResponse: MessageCodec<AlarmResponse> = {
  typeName: 'etcdserverpb.AlarmResponse',

  create() {
    return {
      header: undefined,
      alarms: [],
    };
  },

  decode(bytes) {
    return AlarmResponse.read(new Reader(bytes), AlarmResponse.create());
  },

  encode(message) {
    const writer = new Writer(AlarmResponse.size(message));
    AlarmResponse.write(message, writer);
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
          message.alarms.push(AlarmMember.read(reader, AlarmMember.create()));
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
    if (message.alarms !== undefined) {
      for (const item of message.alarms) {
        size += 1 + sizeLength(AlarmMember.size(item));
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
    if (message.alarms !== undefined) {
      for (const item of message.alarms) {
        writer.uint32(18);
        writer.uint32(AlarmMember.size(item));
        AlarmMember.write(item, writer);
      }
    }
  },
};

export interface StatusRequest {
}

export const StatusRequest: MessageCodec<StatusRequest> = {
  typeName: 'etcdserverpb.StatusRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return StatusRequest.read(new Reader(bytes), StatusRequest.create());
  },

  encode(message) {
    const writer = new Writer(StatusRequest.size(message));
    StatusRequest.write(message, writer);
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

export interface StatusResponse {
  header: ResponseHeader | undefined;
  version: string;
  /** Bytes on disk. */
  dbSize: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  errors: string[];
  /** Bytes on disk that hold something. */
  dbSizeInUse: number;
  isLearner: boolean;
  storageVersion: string;
  dbSizeQuota: number;
  downgradeInfo: DowngradeInfo | undefined;
}

export const StatusResponse: MessageCodec<StatusResponse> = {
  typeName: 'etcdserverpb.StatusResponse',

  create() {
    return {
      header: undefined,
      version: '',
      dbSize: 0,
      leader: 0n,
      raftIndex: 0,
      raftTerm: 0,
      raftAppliedIndex: 0,
      errors: [],
      dbSizeInUse: 0,
      isLearner: false,
      storageVersion: '',
      dbSizeQuota: 0,
      downgradeInfo: undefined,
    };
  },

  decode(bytes) {
    return StatusResponse.read(new Reader(bytes), StatusResponse.create());
  },

  encode(message) {
    const writer = new Writer(StatusResponse.size(message));
    StatusResponse.write(message, writer);
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
          message.version = reader.string();
          break;
        case 24:
          message.dbSize = reader.int64();
          break;
        case 32:
          message.leader = reader.uint64Exact();
          break;
        case 40:
          message.raftIndex = reader.uint64();
          break;
        case 48:
          message.raftTerm = reader.uint64();
          break;
        case 56:
          message.raftAppliedIndex = reader.uint64();
          break;
        case 66:
          message.errors.push(reader.string());
          break;
        case 72:
          message.dbSizeInUse = reader.int64();
          break;
        case 80:
          message.isLearner = reader.bool();
          break;
        case 90:
          message.storageVersion = reader.string();
          break;
        case 96:
          message.dbSizeQuota = reader.int64();
          break;
        case 106: {
          const outerEnd = reader.enter();
          message.downgradeInfo = DowngradeInfo.read(reader, message.downgradeInfo ?? DowngradeInfo.create());
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
    if (message.version) size += 1 + sizeString(message.version);
    if (message.dbSize) size += 1 + sizeNumber(message.dbSize);
    if (message.leader) size += 1 + sizeBigint(message.leader);
    if (message.raftIndex) size += 1 + sizeNumber(message.raftIndex);
    if (message.raftTerm) size += 1 + sizeNumber(message.raftTerm);
    if (message.raftAppliedIndex) size += 1 + sizeNumber(message.raftAppliedIndex);
    if (message.errors !== undefined) {
      for (const item of message.errors) {
        size += 1 + sizeString(item);
      }
    }
    if (message.dbSizeInUse) size += 1 + sizeNumber(message.dbSizeInUse);
    if (message.isLearner) size += 2;
    if (message.storageVersion) size += 1 + sizeString(message.storageVersion);
    if (message.dbSizeQuota) size += 1 + sizeNumber(message.dbSizeQuota);
    if (message.downgradeInfo !== undefined) size += 1 + sizeLength(DowngradeInfo.size(message.downgradeInfo));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.version) {
      writer.uint32(18);
      writer.string(message.version);
    }
    if (message.dbSize) {
      writer.uint32(24);
      writer.number(message.dbSize);
    }
    if (message.leader) {
      writer.uint32(32);
      writer.bigint(message.leader);
    }
    if (message.raftIndex) {
      writer.uint32(40);
      writer.number(message.raftIndex);
    }
    if (message.raftTerm) {
      writer.uint32(48);
      writer.number(message.raftTerm);
    }
    if (message.raftAppliedIndex) {
      writer.uint32(56);
      writer.number(message.raftAppliedIndex);
    }
    if (message.errors !== undefined) {
      for (const item of message.errors) {
        writer.uint32(66);
        writer.string(item);
      }
    }
    if (message.dbSizeInUse) {
      writer.uint32(72);
      writer.number(message.dbSizeInUse);
    }
    if (message.isLearner) {
      writer.uint32(80);
      writer.bool(message.isLearner);
    }
    if (message.storageVersion) {
      writer.uint32(90);
      writer.string(message.storageVersion);
    }
    if (message.dbSizeQuota) {
      writer.uint32(96);
      writer.number(message.dbSizeQuota);
    }
    if (message.downgradeInfo !== undefined) {
      writer.uint32(106);
      writer.uint32(DowngradeInfo.size(message.downgradeInfo));
      DowngradeInfo.write(message.downgradeInfo, writer);
    }
  },
};

export interface DowngradeInfo {
  enabled: boolean;
  targetVersion: string;
}

export const DowngradeInfo: MessageCodec<DowngradeInfo> = {
  typeName: 'etcdserverpb.DowngradeInfo',

  create() {
    return {
      enabled: false,
      targetVersion: '',
    };
  },

  decode(bytes) {
    return DowngradeInfo.read(new Reader(bytes), DowngradeInfo.create());
  },

  encode(message) {
    const writer = new Writer(DowngradeInfo.size(message));
    DowngradeInfo.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.enabled = reader.bool();
          break;
        case 18:
          message.targetVersion = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.enabled) size += 2;
    if (message.targetVersion) size += 1 + sizeString(message.targetVersion);
    return size;
  },

  write(message, writer) {
    if (message.enabled) {
      writer.uint32(8);
      writer.bool(message.enabled);
    }
    if (message.targetVersion) {
      writer.uint32(18);
      writer.string(message.targetVersion);
    }
  },
};

export interface DefragmentRequest {
}

export const DefragmentRequest: MessageCodec<DefragmentRequest> = {
  typeName: 'etcdserverpb.DefragmentRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return DefragmentRequest.read(new Reader(bytes), DefragmentRequest.create());
  },

  encode(message) {
    const writer = new Writer(DefragmentRequest.size(message));
    DefragmentRequest.write(message, writer);
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

export interface DefragmentResponse {
  header: ResponseHeader | undefined;
}

export const DefragmentResponse: MessageCodec<DefragmentResponse> = {
  typeName: 'etcdserverpb.DefragmentResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return DefragmentResponse.read(new Reader(bytes), DefragmentResponse.create());
  },

  encode(message) {
    const writer = new Writer(DefragmentResponse.size(message));
    DefragmentResponse.write(message, writer);
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

export interface HashRequest {
}

export const HashRequest: MessageCodec<HashRequest> = {
  typeName: 'etcdserverpb.HashRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return HashRequest.read(new Reader(bytes), HashRequest.create());
  },

  encode(message) {
    const writer = new Writer(HashRequest.size(message));
    HashRequest.write(message, writer);
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

export interface HashResponse {
  header: ResponseHeader | undefined;
  hash: number;
}

export const HashResponse: MessageCodec<HashResponse> = {
  typeName: 'etcdserverpb.HashResponse',

  create() {
    return {
      header: undefined,
      hash: 0,
    };
  },

  decode(bytes) {
    return HashResponse.read(new Reader(bytes), HashResponse.create());
  },

  encode(message) {
    const writer = new Writer(HashResponse.size(message));
    HashResponse.write(message, writer);
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
          message.hash = reader.uint32();
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
    if (message.hash) size += 1 + sizeUint32(message.hash);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.hash) {
      writer.uint32(16);
      writer.uint32(message.hash);
    }
  },
};

export interface HashKVRequest {
  /** 0: now. */
  revision: number;
}

export const HashKVRequest: MessageCodec<HashKVRequest> = {
  typeName: 'etcdserverpb.HashKVRequest',

  create() {
    return {
      revision: 0,
    };
  },

  decode(bytes) {
    return HashKVRequest.read(new Reader(bytes), HashKVRequest.create());
  },

  encode(message) {
    const writer = new Writer(HashKVRequest.size(message));
    HashKVRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.revision = reader.int64();
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
    return size;
  },

  write(message, writer) {
    if (message.revision) {
      writer.uint32(8);
      writer.number(message.revision);
    }
  },
};

export interface HashKVResponse {
  header: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
  hashRevision: number;
}

export const HashKVResponse: MessageCodec<HashKVResponse> = {
  typeName: 'etcdserverpb.HashKVResponse',

  create() {
    return {
      header: undefined,
      hash: 0,
      compactRevision: 0,
      hashRevision: 0,
    };
  },

  decode(bytes) {
    return HashKVResponse.read(new Reader(bytes), HashKVResponse.create());
  },

  encode(message) {
    const writer = new Writer(HashKVResponse.size(message));
    HashKVResponse.write(message, writer);
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
          message.hash = reader.uint32();
          break;
        case 24:
          message.compactRevision = reader.int64();
          break;
        case 32:
          message.hashRevision = reader.int64();
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
    if (message.hash) size += 1 + sizeUint32(message.hash);
    if (message.compactRevision) size += 1 + sizeNumber(message.compactRevision);
    if (message.hashRevision) size += 1 + sizeNumber(message.hashRevision);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.hash) {
      writer.uint32(16);
      writer.uint32(message.hash);
    }
    if (message.compactRevision) {
      writer.uint32(24);
      writer.number(message.compactRevision);
    }
    if (message.hashRevision) {
      writer.uint32(32);
      writer.number(message.hashRevision);
    }
  },
};

export interface SnapshotRequest {
}

export const SnapshotRequest: MessageCodec<SnapshotRequest> = {
  typeName: 'etcdserverpb.SnapshotRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return SnapshotRequest.read(new Reader(bytes), SnapshotRequest.create());
  },

  encode(message) {
    const writer = new Writer(SnapshotRequest.size(message));
    SnapshotRequest.write(message, writer);
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

export interface SnapshotResponse {
  header: ResponseHeader | undefined;
  remainingBytes: number;
  blob: Uint8Array;
  version: string;
}

export const SnapshotResponse: MessageCodec<SnapshotResponse> = {
  typeName: 'etcdserverpb.SnapshotResponse',

  create() {
    return {
      header: undefined,
      remainingBytes: 0,
      blob: EMPTY,
      version: '',
    };
  },

  decode(bytes) {
    return SnapshotResponse.read(new Reader(bytes), SnapshotResponse.create());
  },

  encode(message) {
    const writer = new Writer(SnapshotResponse.size(message));
    SnapshotResponse.write(message, writer);
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
          message.remainingBytes = reader.uint64();
          break;
        case 26:
          message.blob = reader.bytes();
          break;
        case 34:
          message.version = reader.string();
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
    if (message.remainingBytes) size += 1 + sizeNumber(message.remainingBytes);
    if (message.blob !== undefined && message.blob.length > 0) size += 1 + sizeBytes(message.blob);
    if (message.version) size += 1 + sizeString(message.version);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.remainingBytes) {
      writer.uint32(16);
      writer.number(message.remainingBytes);
    }
    if (message.blob !== undefined && message.blob.length > 0) {
      writer.uint32(26);
      writer.bytes(message.blob);
    }
    if (message.version) {
      writer.uint32(34);
      writer.string(message.version);
    }
  },
};

export interface MoveLeaderRequest {
  targetId: bigint;
}

export const MoveLeaderRequest: MessageCodec<MoveLeaderRequest> = {
  typeName: 'etcdserverpb.MoveLeaderRequest',

  create() {
    return {
      targetId: 0n,
    };
  },

  decode(bytes) {
    return MoveLeaderRequest.read(new Reader(bytes), MoveLeaderRequest.create());
  },

  encode(message) {
    const writer = new Writer(MoveLeaderRequest.size(message));
    MoveLeaderRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.targetId = reader.uint64Exact();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.targetId) size += 1 + sizeBigint(message.targetId);
    return size;
  },

  write(message, writer) {
    if (message.targetId) {
      writer.uint32(8);
      writer.bigint(message.targetId);
    }
  },
};

export interface MoveLeaderResponse {
  header: ResponseHeader | undefined;
}

export const MoveLeaderResponse: MessageCodec<MoveLeaderResponse> = {
  typeName: 'etcdserverpb.MoveLeaderResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return MoveLeaderResponse.read(new Reader(bytes), MoveLeaderResponse.create());
  },

  encode(message) {
    const writer = new Writer(MoveLeaderResponse.size(message));
    MoveLeaderResponse.write(message, writer);
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

export interface DowngradeRequest {
  /** A `DowngradeAction`. */
  action: number;
  version: string;
}

export const DowngradeRequest: MessageCodec<DowngradeRequest> = {
  typeName: 'etcdserverpb.DowngradeRequest',

  create() {
    return {
      action: 0,
      version: '',
    };
  },

  decode(bytes) {
    return DowngradeRequest.read(new Reader(bytes), DowngradeRequest.create());
  },

  encode(message) {
    const writer = new Writer(DowngradeRequest.size(message));
    DowngradeRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.action = reader.int32();
          break;
        case 18:
          message.version = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.action) size += 1 + sizeNumber(message.action);
    if (message.version) size += 1 + sizeString(message.version);
    return size;
  },

  write(message, writer) {
    if (message.action) {
      writer.uint32(8);
      writer.int32(message.action);
    }
    if (message.version) {
      writer.uint32(18);
      writer.string(message.version);
    }
  },
};

export interface DowngradeResponse {
  header: ResponseHeader | undefined;
  version: string;
}

export const DowngradeResponse: MessageCodec<DowngradeResponse> = {
  typeName: 'etcdserverpb.DowngradeResponse',

  create() {
    return {
      header: undefined,
      version: '',
    };
  },

  decode(bytes) {
    return DowngradeResponse.read(new Reader(bytes), DowngradeResponse.create());
  },

  encode(message) {
    const writer = new Writer(DowngradeResponse.size(message));
    DowngradeResponse.write(message, writer);
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
          message.version = reader.string();
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
    if (message.version) size += 1 + sizeString(message.version);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.version) {
      writer.uint32(18);
      writer.string(message.version);
    }
  },
};

/** Passes between etcd's members; no public call carries it. */
export interface DowngradeVersionTestRequest {
  ver: string;
}

export const DowngradeVersionTestRequest: MessageCodec<DowngradeVersionTestRequest> = {
  typeName: 'etcdserverpb.DowngradeVersionTestRequest',

  create() {
    return {
      ver: '',
    };
  },

  decode(bytes) {
    return DowngradeVersionTestRequest.read(new Reader(bytes), DowngradeVersionTestRequest.create());
  },

  encode(message) {
    const writer = new Writer(DowngradeVersionTestRequest.size(message));
    DowngradeVersionTestRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.ver = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.ver) size += 1 + sizeString(message.ver);
    return size;
  },

  write(message, writer) {
    if (message.ver) {
      writer.uint32(10);
      writer.string(message.ver);
    }
  },
};

export const Maintenance = {
  name: 'etcdserverpb.Maintenance',
  methods: {
    alarm: {
      name: 'Alarm',
      path: '/etcdserverpb.Maintenance/Alarm',
      request: AlarmRequest,
      response: AlarmResponse,
      requestStream: false,
      responseStream: false,
    },
    status: {
      name: 'Status',
      path: '/etcdserverpb.Maintenance/Status',
      request: StatusRequest,
      response: StatusResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Gives unused space of the backend back. */
    defragment: {
      name: 'Defragment',
      path: '/etcdserverpb.Maintenance/Defragment',
      request: DefragmentRequest,
      response: DefragmentResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Hashes the whole backend. */
    hash: {
      name: 'Hash',
      path: '/etcdserverpb.Maintenance/Hash',
      request: HashRequest,
      response: HashResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Hashes the keys of every kept revision up to one. */
    hashKV: {
      name: 'HashKV',
      path: '/etcdserverpb.Maintenance/HashKV',
      request: HashKVRequest,
      response: HashKVResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Sends the backend as one file, in pieces. */
    snapshot: {
      name: 'Snapshot',
      path: '/etcdserverpb.Maintenance/Snapshot',
      request: SnapshotRequest,
      response: SnapshotResponse,
      requestStream: false,
      responseStream: true,
    },
    moveLeader: {
      name: 'MoveLeader',
      path: '/etcdserverpb.Maintenance/MoveLeader',
      request: MoveLeaderRequest,
      response: MoveLeaderResponse,
      requestStream: false,
      responseStream: false,
    },
    downgrade: {
      name: 'Downgrade',
      path: '/etcdserverpb.Maintenance/Downgrade',
      request: DowngradeRequest,
      response: DowngradeResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
