/** Reads a snapshot file back and compares it with the SHA-256 at its end. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { StartError } from '../errors.ts';

export const sumBytes = 32;
const pieceBytes = 256 * 1024;

export interface VerifiedFile {
  /** All bytes of the file. */
  readonly bytes: number;
  /** The SHA-256 at its end. */
  readonly sum: Buffer;
}

/**
 * `piece` receives all bytes of the file in order. The bytes are valid during the call only.
 *
 * @throws StartError if the bytes do not match their SHA-256.
 */
export async function verifyFile(path: string, piece: (bytes: Buffer) => void = () => {}): Promise<VerifiedFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(pieceBytes);
    const sum = Buffer.alloc(sumBytes);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(buffer, 0, pieceBytes, at);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      piece(bytes);
      const contentEnd = Math.max(0, Math.min(bytesRead, size - sumBytes - at));
      hash.update(bytes.subarray(0, contentEnd));
      bytes.copy(sum, Math.max(0, at - (size - sumBytes)), contentEnd);
      at += bytesRead;
    }
    if (size > sumBytes && hash.digest().equals(sum)) return { bytes: size, sum };
    throw new StartError(`${path}: it is damaged: its SHA-256 does not match`);
  } finally {
    await file.close();
  }
}
