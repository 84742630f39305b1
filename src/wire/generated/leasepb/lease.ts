// Generated from proto/leasepb/lease.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import { sizeBigint, sizeNumber } from '../../size.ts';
import { Writer } from '../../writer.ts';

/** A lease as etcd stores it, and as a snapshot has it. */
export interface Lease {
  id: bigint;
  ttl: number;
  /** 0: nobody noted how much was left. The lease then has its whole time again. */
  remainingTtl: number;
}

export const Lease: MessageCodec<Lease> = {
  typeName: 'leasepb.Lease',

  create() {
    return {
      id: 0n,
      ttl: 0,
      remainingTtl: 0,
    };
  },

  decode(bytes) {
    return Lease.read(new Reader(bytes), Lease.create());
  },

  encode(message) {
    const writer = new Writer(Lease.size(message));
    Lease.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.id = reader.int64Exact();
          break;
        case 16:
          message.ttl = reader.int64();
          break;
        case 24:
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
    if (message.ttl) size += 1 + sizeNumber(message.ttl);
    if (message.remainingTtl) size += 1 + sizeNumber(message.remainingTtl);
    return size;
  },

  write(message, writer) {
    if (message.id) {
      writer.uint32(8);
      writer.bigint(message.id);
    }
    if (message.ttl) {
      writer.uint32(16);
      writer.number(message.ttl);
    }
    if (message.remainingTtl) {
      writer.uint32(24);
      writer.number(message.remainingTtl);
    }
  },
};
