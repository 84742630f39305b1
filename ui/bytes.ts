/** Bytes of keys and values: base64 in the gateway's JSON, percent-encoded in addresses. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export function base64OfBytes(bytes: Uint8Array): string {
  let binary = '';
  // A call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 8192)
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(binary);
}

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of UTF-8; undefined if the bytes are no UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Bytes as a person reads them: UTF-8 as it is, a byte that is no part of UTF-8 and a control
 * character as `\xff`, and a backslash as `\\`.
 */
export function shownBytes(bytes: Uint8Array): string {
  const text = textOfBytes(bytes);
  const shown = text === undefined ? shownParts(bytes) : text.replaceAll('\\', '\\\\');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  return shown.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    [...encoder.encode(character)].map(escapedByte).join(''),
  );
}

function shownParts(bytes: Uint8Array): string {
  let shown = '';
  for (let start = 0; start < bytes.length; ) {
    const length = characterLength(bytes, start);
    const character = length === 0 ? undefined : textOfBytes(bytes.subarray(start, start + length));
    shown += character === undefined ? escapedByte(bytes[start] as number) : character.replace('\\', '\\\\');
    start += character === undefined ? 1 : length;
  }
  return shown;
}

/** The length that the first byte of a character announces; 0 if it begins none. */
function characterLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The bytes of a text as `shownBytes` writes it. An incomplete escape stays text. */
export function bytesOfShown(shown: string): Uint8Array<ArrayBuffer> {
  const parts = shown.match(/\\x[0-9a-fA-F]{2}|\\\\|./gsu) ?? [];
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (part.length === 4) return [Number.parseInt(part.slice(2), 16)];
      return [...encoder.encode(part === '\\\\' ? '\\' : part)];
    }),
  );
}

/** Percent-encoded bytes for an address. `/` stays readable. */
export function addressOfBytes(bytes: Uint8Array): string {
  let address = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    address += /[A-Za-z0-9/._~:-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return address;
}

export function bytesOfAddress(address: string): Uint8Array<ArrayBuffer> {
  const parts = address.match(/%[0-9a-fA-F]{2}|./gsu) ?? [];
  return Uint8Array.from(
    parts.flatMap((part) => (part.length === 3 ? [Number.parseInt(part.slice(1), 16)] : [...encoder.encode(part)])),
  );
}

/**
 * The end of the range of all keys with a prefix: the prefix with its last byte raised. An empty
 * prefix is all keys, whose end is a zero byte.
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    if (prefix[index] === 0xff) continue;
    const end = Uint8Array.from(prefix.subarray(0, index + 1));
    end[index] = (end[index] as number) + 1;
    return end;
  }
  return Uint8Array.of(0);
}
