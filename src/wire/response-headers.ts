import { ResponseHeader } from './generated/etcdserverpb/header.ts';

/** The part of every reply's header that stays the same while the process runs. */
export interface Identity {
  /** Stored in the database; 0n until the database was reached for the first time. */
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly raftTerm: number;
}

/** Field 1 of every reply, a message. */
const headerTag = 0x0a;

/**
 * Encodes the headers of replies. Consecutive replies usually have the same revision, so the last
 * header is cached: a get then needs no encoding of its header.
 */
export class ResponseHeaders {
  readonly #identity: Identity;
  #revision = -1;
  #clusterId = 0n;
  #field: Uint8Array = Buffer.alloc(0);

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** The `header` field of a reply, tag and length included. Shared: do not modify it. */
  field(revision: number): Uint8Array {
    const { clusterId } = this.#identity;
    if (revision === this.#revision && clusterId === this.#clusterId) return this.#field;
    this.#field = encodedField(this.message(revision));
    this.#revision = revision;
    this.#clusterId = clusterId;
    return this.#field;
  }

  /** The header as a message; without a revision for the replies in which etcd has none. */
  message(revision = 0): ResponseHeader {
    // The identity has a getter, which makes a spread of it 10 times slower.
    const { clusterId, memberId, raftTerm } = this.#identity;
    return { clusterId, memberId, revision, raftTerm };
  }
}

function encodedField(header: ResponseHeader): Uint8Array {
  const message = ResponseHeader.encode(header);
  // At most 4 fields of 11 bytes, so the length is one byte.
  return Buffer.concat([Buffer.of(headerTag, message.length), message]);
}
