import { transportLimits } from '../transport-limits.ts';

const recordHeaderBytes = 5;
const handshakeType = 0x16;

/** Before it: the headers of record and message, the version and 32 random bytes. */
const sessionIdLengthAt = recordHeaderBytes + 4 + 2 + 32;

/**
 * Whether a handshake has something to work on: the first TLS record is whole. The rest of a larger one is left to OpenSSL, as is what is no
 * handshake at all, which it refuses.
 */
export function beginsHandshake(seen: Buffer): boolean {
  if (seen[0] !== handshakeType || seen.length >= transportLimits.firstBytesMax) return true;
  return seen.length >= recordHeaderBytes && seen.length >= recordHeaderBytes + seen.readUInt16BE(3);
}

/**
 * Which cipher suites a client offers, as one of `helloForms` numbers: TLS libraries differ in them, and all connections of one program offer the same. It is read of the
 * first record alone, and of one that is none it is any number.
 */
export function helloForm(hello: Buffer): number {
  const suitesLengthAt = sessionIdLengthAt + 1 + (hello[sessionIdLengthAt] ?? 0);
  if (hello.length < suitesLengthAt + 2) return 0;
  const suitesAt = suitesLengthAt + 2;
  let hash = 0;
  for (const byte of hello.subarray(suitesAt, suitesAt + hello.readUInt16BE(suitesLengthAt))) {
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash >>> 0) % transportLimits.helloForms;
}
