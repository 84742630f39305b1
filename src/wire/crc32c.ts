/** CRC-32C (Castagnoli), which etcd uses to compare histories. Node has only the other CRC-32. */

const polynomial = 0x82f6_3b78;

/** Eight tables: eight bytes are processed in one step, three times as fast as one by one. */
const tables: readonly Int32Array[] = makeTables();

function makeTables(): readonly Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  const all = [first];
  for (let step = 1; step < 8; step += 1) {
    const before = all[step - 1] as Int32Array;
    all.push(before.map((rest) => (first[rest & 0xff] as number) ^ (rest >>> 8)));
  }
  return all;
}

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/**
 * Extends a checksum by these bytes. `before` is the checksum of the bytes before them; 0: there
 * are none.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  let at = 0;
  const wholeEnd = bytes.length - (bytes.length % 8);
  for (; at < wholeEnd; at += 8) {
    rest =
      (t7[(rest ^ (bytes[at] as number)) & 0xff] as number) ^
      (t6[((rest >>> 8) ^ (bytes[at + 1] as number)) & 0xff] as number) ^
      (t5[((rest >>> 16) ^ (bytes[at + 2] as number)) & 0xff] as number) ^
      (t4[((rest >>> 24) ^ (bytes[at + 3] as number)) & 0xff] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number);
  }
  for (; at < bytes.length; at += 1) {
    rest = (t0[(rest ^ (bytes[at] as number)) & 0xff] as number) ^ (rest >>> 8);
  }
  return ~rest >>> 0;
}
