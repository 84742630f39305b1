/**
 * Converts keys, which are bytes, to names, which are text. Bytes 0x02-0x7E are unchanged; 0x00 and
 * 0x01 become 0x01 and a digit; 0x7F-0xFF become 0x7F and two hex digits. The text is plain ASCII
 * without NUL. Compared byte by byte, texts have the order of their keys.
 */
import { isAscii } from 'node:buffer';

/**
 * A key in the stored form. JavaScript's string order of two texts is the byte order of their keys.
 */
export type KeyText = string & { readonly brand: 'KeyText' };

/**
 * The end of an interval that has none. It sorts after the text of every key, because in a text a
 * hex digit follows 0x7F.
 */
export const endOfKeys = '\u007f\u007f' as KeyText;

/**
 * The next text after the text of a key; no other key lies between. A text never contains 0x00,
 * which databases do not store in text, and a digit follows 0x01.
 */
export function successor(name: string): string {
  return `${name}\u0001`;
}

/** kine's name for the compaction mark. No client's key has this name. */
export const compactMarkName = 'compact_rev_key';

/**
 * The text of the key `compact_rev_key`, which the API server writes. A 0x01 at the end is not an
 * escape, so no other key has this text, and its order is the order of the key. kine stores the key
 * as `compact_rev_key_apiserver`; take-over and release rename it.
 */
export const clientsCompactMarkText = `${compactMarkName}\u0001` as KeyText;

/** The text of a key. */
export function keyText(key: Uint8Array): KeyText {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (!isPlain(bytes)) return escaped(bytes) as KeyText;
  const text = bytes.toString('latin1');
  return (text === compactMarkName ? clientsCompactMarkText : text) as KeyText;
}

/** The key of a text that `keyText` made. */
export function keyBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  if (isPlain(bytes)) return bytes;
  if (text === clientsCompactMarkText) return Buffer.from(compactMarkName, 'latin1');
  return unescaped(bytes);
}

/** The text of the next possible key: the key of a text, and a byte 0x00. */
export function nextKeyText(text: string): KeyText {
  return keyText(Buffer.concat([keyBytes(text), Buffer.alloc(1)]));
}

/** From this length on, native search functions are faster than a loop. A key may have 1.5 MiB. */
const longKeyLength = 256;
/** A long key is escaped in pieces of this length. A piece without escapes is only copied. */
const pieceLength = 4096;

/** Whether a key has no byte that is escaped, or a text no escape. */
function isPlain(bytes: Buffer): boolean {
  if (bytes.length >= longKeyLength) {
    return isAscii(bytes) && !bytes.includes(0x00) && !bytes.includes(0x01) && !bytes.includes(0x7f);
  }
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte < 0x02 || byte > 0x7e) return false;
  }
  return true;
}

/** The text of each byte, in tables for each place, because that is faster than comparisons. */
const texts = Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x01) return `\u0001${byte}`;
  return byte >= 0x7f ? `\u007f${byte.toString(16)}` : String.fromCharCode(byte);
});
const lengths = Uint8Array.from(texts, (text) => text.length);
const characters = (place: number) => Uint8Array.from(texts, (text) => text.charCodeAt(place));
const [first, second, third] = [characters(0), characters(1), characters(2)];

function escaped(key: Buffer): string {
  const text = Buffer.allocUnsafe(3 * key.length);
  let end = 0;
  for (let start = 0; start < key.length; start += pieceLength) {
    const piece = key.length > pieceLength ? key.subarray(start, start + pieceLength) : key;
    end = isPlain(piece) ? end + piece.copy(text, end) : escapeInto(piece, text, end);
  }
  return text.toString('latin1', 0, end);
}

/** Writes the text of bytes at an offset. Returns the offset of its end. */
function escapeInto(key: Buffer, text: Buffer, offset: number): number {
  let end = offset;
  for (let index = 0; index < key.length; index += 1) {
    const byte = key[index] as number;
    // What is written after the end is overwritten by the next byte.
    text[end] = first[byte] as number;
    text[end + 1] = second[byte] as number;
    text[end + 2] = third[byte] as number;
    end += lengths[byte] as number;
  }
  return end;
}

const notHex = 0xff;
/** The value of each hex digit in lower case. */
const hexValues = new Uint8Array(256).fill(notHex);
for (let value = 0; value < 16; value += 1) hexValues[value.toString(16).charCodeAt(0)] = value;

/** Unescapes in place. Bytes that are not an escape are unchanged. */
function unescaped(text: Buffer): Uint8Array {
  let end = 0;
  for (let index = 0; index < text.length; ) {
    const pieceEnd = Math.min(index + pieceLength, text.length);
    const piece = text.subarray(index, pieceEnd);
    if (piece.length >= longKeyLength && !piece.includes(0x01) && !piece.includes(0x7f)) {
      text.copyWithin(end, index, pieceEnd);
      end += piece.length;
      index = pieceEnd;
    }
    // The last escape of a piece may end after the piece.
    while (index < pieceEnd) {
      const byte = text[index] as number;
      const high = hexValues[text[index + 1] ?? 0] as number;
      const low = hexValues[text[index + 2] ?? 0] as number;
      if (byte === 0x01 && high <= 1) {
        text[end++] = high;
        index += 2;
      } else if (byte === 0x7f && high !== notHex && low !== notHex) {
        text[end++] = (high << 4) | low;
        index += 3;
      } else {
        text[end++] = byte;
        index += 1;
      }
    }
  }
  return text.subarray(0, end);
}
