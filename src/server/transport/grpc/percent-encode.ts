const plain = /^[ -$&-~]*$/;

/**
 * Encodes a status text for the header `grpc-message`. Printable ASCII except `%` stays. All other
 * characters become UTF-8 bytes in hexadecimal.
 */
export function percentEncode(text: string): string {
  if (plain.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
