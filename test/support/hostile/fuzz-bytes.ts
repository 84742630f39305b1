import type { Random } from '../../parity/random.ts';

/** Bytes with a meaning at the limits of a format: signs, ends, lengths. */
const sharpBytes = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x7b, 0x5b];

export function randomBytes(random: Random, lengthMax: number): Buffer {
  return Buffer.from(Array.from({ length: random.below(lengthMax + 1) }, () => random.below(256)));
}

/** The bytes with one to four mistakes. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let changed = bytes;
  for (let turn = random.between(1, 4); turn > 0; turn -= 1) changed = changedOnce(random, changed);
  return changed;
}

function changedOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.between(1, 8));
  switch (random.below(7)) {
    case 0:
      return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 1:
      return withByte(bytes, at, random.pick(sharpBytes));
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), randomBytes(random, 8), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 5:
      return bytes.subarray(0, at);
    default:
      // The largest number in formats that use seven bits of a byte, and in formats that use all
      // eight.
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.between(1, 10), 0xff), bytes.subarray(end)]);
  }
}

function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = byte;
  return copy;
}
