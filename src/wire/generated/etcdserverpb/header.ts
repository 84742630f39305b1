// Generated from proto/etcdserverpb/header.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import { sizeBigint, sizeNumber } from '../../size.ts';
import { Writer } from '../../writer.ts';

/** Leads every reply. */
export interface ResponseHeader {
  clusterId: bigint;
  memberId: bigint;
  /** The store's revision when the request was applied. In a progress notification: every earlier event was sent. */
  revision: number;
  raftTerm: number;
}

export const ResponseHeader: MessageCodec<ResponseHeader> = {
  typeName: 'etcdserverpb.ResponseHeader',

  create() {
    return {
      clusterId: 0n,
      memberId: 0n,
      revision: 0,
      raftTerm: 0,
    };
  },

  decode(bytes) {
    return ResponseHeader.read(new Reader(bytes), ResponseHeader.create());
  },

  encode(message) {
    const writer = new Writer(ResponseHeader.size(message));
    ResponseHeader.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.clusterId = reader.uint64Exact();
          break;
        case 16:
          message.memberId = reader.uint64Exact();
          break;
        case 24:
          message.revision = reader.int64();
          break;
        case 32:
          message.raftTerm = reader.uint64();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.clusterId) size += 1 + sizeBigint(message.clusterId);
    if (message.memberId) size += 1 + sizeBigint(message.memberId);
    if (message.revision) size += 1 + sizeNumber(message.revision);
    if (message.raftTerm) size += 1 + sizeNumber(message.raftTerm);
    return size;
  },

  write(message, writer) {
    if (message.clusterId) {
      writer.uint32(8);
      writer.bigint(message.clusterId);
    }
    if (message.memberId) {
      writer.uint32(16);
      writer.bigint(message.memberId);
    }
    if (message.revision) {
      writer.uint32(24);
      writer.number(message.revision);
    }
    if (message.raftTerm) {
      writer.uint32(32);
      writer.number(message.raftTerm);
    }
  },
};
