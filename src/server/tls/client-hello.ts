import { serverLimits } from '../server-limits.ts';

const recordHeaderBytes = 5;
const handshakeType = 0x16;

/**
 * Whether a handshake has something to work on: the first TLS record is whole. The rest of a larger one is left to OpenSSL, as is what is no
 * handshake at all, which it refuses.
 */
export function beginsHandshake(seen: Buffer): boolean {
  if (seen[0] !== handshakeType || seen.length >= serverLimits.firstBytesMax) return true;
  return seen.length >= recordHeaderBytes && seen.length >= recordHeaderBytes + seen.readUInt16BE(3);
}
