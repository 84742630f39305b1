import { shortened } from '../../../kit/shortened.ts';

const plain = /^[ -$&-~]*$/;

/**
 * The longest status text that is sent. A text may quote what the client has sent: 4 KiB of a path,
 * six times as long when it is encoded.
 */
const textLengthMax = 1_024;

/**
 * Encodes a status text for the header `grpc-message`. Printable ASCII except `%` stays. All other
 * characters become UTF-8 bytes in hexadecimal.
 */
export function percentEncode(text: string): string {
  const short = shortened(text, textLengthMax);
  if (plain.test(short)) return short;
  let encoded = '';
  for (const byte of Buffer.from(short)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
