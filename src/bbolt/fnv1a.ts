const offsetBasis = 0xcbf2_9ce4_8422_2325n;
const prime = 0x100_0000_01b3n;

/** FNV-1a with 64 bits, for a few bytes: it computes with bigints. */
export function fnv1a(bytes: Uint8Array): bigint {
  let hash = offsetBasis;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash;
}
