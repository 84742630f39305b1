import { ResponseHeader } from './generated/etcdserverpb/header.ts';

/** The part of every reply's header that is the same for the life of the process. */
export interface Origin {
  /** The database keeps it: 0n until it was reached for the first time. */
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly raftTerm: number;
}

/** Field 1 of every reply, a message. */
const headerTag = 0x0a;

/**
 * Headers of replies, encoded. Neighbouring replies mostly carry the same revision, so the last one is kept: a get then
 * costs no encoding of its header at all.
 */
export class ResponseHeaders {
  readonly #origin: Origin;
  #revision = -1;
  #clusterId = 0n;
  #field: Uint8Array = Buffer.alloc(0);

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** The `header` field of a reply, tag and length included. Shared: not to be written to. */
  field(revision: number): Uint8Array {
    const { clusterId } = this.#origin;
    if (revision === this.#revision && clusterId === this.#clusterId) return this.#field;
    this.#field = encodedField(this.message(revision));
    this.#revision = revision;
    this.#clusterId = clusterId;
    return this.#field;
  }

  /** The header as a message; without a revision for the replies of etcd that have none. */
  message(revision = 0): ResponseHeader {
    return { ...this.#origin, revision };
  }
}

function encodedField(header: ResponseHeader): Uint8Array {
  const message = ResponseHeader.encode(header);
  // At most 4 fields of 11 bytes, so the length is one byte.
  return Buffer.concat([Buffer.of(headerTag, message.length), message]);
}
