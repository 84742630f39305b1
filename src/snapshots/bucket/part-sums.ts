/** The CRC-32 of an object, as S3-compatible storage reports it for an upload in parts. */
import { crc32 } from 'node:zlib';

export class PartSums {
  readonly #partBytes: number;
  readonly #parts: number[] = [];
  #whole = 0;
  #part = 0;
  #inPartBytes = 0;

  constructor(partBytes: number) {
    this.#partBytes = partBytes;
  }

  add(bytes: Buffer): void {
    this.#whole = crc32(bytes, this.#whole);
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(bytes.length, start + this.#partBytes - this.#inPartBytes);
      this.#part = crc32(bytes.subarray(start, end), this.#part);
      this.#inPartBytes += end - start;
      start = end;
      if (this.#inPartBytes === this.#partBytes) this.#endPart();
    }
  }

  /** The two forms in which storage reports it: of the object, and of the sums of its parts. */
  finish(): { readonly whole: string; readonly ofParts: string } {
    if (this.#inPartBytes > 0) this.#endPart();
    const sums = Buffer.concat(this.#parts.map(base));
    return { whole: text(this.#whole), ofParts: `${text(crc32(sums))}-${this.#parts.length}` };
  }

  #endPart(): void {
    this.#parts.push(this.#part);
    this.#part = 0;
    this.#inPartBytes = 0;
  }
}

function base(sum: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes;
}

const text = (sum: number): string => base(sum).toString('base64');
