import { transportLimits } from '../transport-limits.ts';

const recordHeaderBytes = 5;
const handshakeType = 0x16;

/**
 * The fields before it: the headers of the record and the message, the version, and 32 random
 * bytes.
 */
const sessionIdLengthAt = recordHeaderBytes + 4 + 2 + 32;

/**
 * Whether a handshake can begin: the first TLS record is complete. OpenSSL waits for the rest of a
 * longer hello, and refuses anything that is not a handshake.
 */
export function beginsHandshake(seen: Buffer): boolean {
  if (seen[0] !== handshakeType || seen.length >= transportLimits.firstBytesMax) return true;
  return seen.length >= recordHeaderBytes && seen.length >= recordHeaderBytes + seen.readUInt16BE(3);
}

/**
 * A fingerprint of the cipher suites that a client offers, one of `helloFingerprints` numbers. TLS
 * libraries offer different suites, and all connections of one program offer the same. Only the
 * first record is read. An invalid record gets any number.
 */
export function helloFingerprint(hello: Buffer): number {
  const suitesLengthAt = sessionIdLengthAt + 1 + (hello[sessionIdLengthAt] ?? 0);
  if (hello.length < suitesLengthAt + 2) return 0;
  const suitesAt = suitesLengthAt + 2;
  let hash = 0;
  for (const byte of hello.subarray(suitesAt, suitesAt + hello.readUInt16BE(suitesLengthAt))) {
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash >>> 0) % transportLimits.helloFingerprints;
}
