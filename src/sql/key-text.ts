/**
 * Keys are bytes, names are text. Bytes 0x02-0x7E stand for themselves; 0x00 and 0x01 become 0x01 and a digit, 0x7F-0xFF become
 * 0x7F and two hex digits. The text is plain ASCII without NUL, and compares, byte by byte, in the order of the keys.
 */

/** A key as the store keeps it. JavaScript's string order of two such texts is the byte order of their keys. */
export type KeyText = string & { readonly brand: 'KeyText' };

/** Keys from `start` on, up to and without `end`; undefined: to the last key. */
export interface Interval {
  readonly start: KeyText;
  readonly end: KeyText | undefined;
}

/** Sorts after every key's text (0x7F is always followed by a hex digit): the end of an interval that has none. */
export const endOfKeys = '\u007f\u007f';

/** The next text after a key's: none lies between. (0x00, which databases do not keep in text, is no part of one, and 0x01 is followed by a digit.) */
export function successor(name: string): string {
  return `${name}\u0001`;
}

/** kine's own row, the compaction mark: never a client's key. */
export const compactMarkName = 'compact_rev_key';

/**
 * The text of the key `compact_rev_key`, which the API server writes. A lone 0x01 at the end is no escape, so no other key has this text, and it
 * sorts where the key belongs. (kine keeps that key as `compact_rev_key_apiserver`; taking over and handing back rename it.)
 */
export const clientsCompactMarkText = `${compactMarkName}\u0001` as KeyText;

/** The text of a key. */
export function keyText(key: Uint8Array): KeyText {
  const text = latin1(key);
  if (isPlain(text)) return (text === compactMarkName ? clientsCompactMarkText : text) as KeyText;
  return escaped(key) as KeyText;
}

/** The key of a text that `keyText` made. */
export function keyBytes(text: string): Uint8Array {
  if (isPlain(text)) return Buffer.from(text, 'latin1');
  if (text === clientsCompactMarkText) return Buffer.from(compactMarkName, 'latin1');
  return unescaped(text);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function escaped(key: Uint8Array): string {
  let text = '';
  for (const byte of key) {
    if (byte <= 0x01) text += `\u0001${byte}`;
    else if (byte >= 0x7f) text += `\u007f${byte.toString(16)}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}

/** Whether every character stands for itself. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x02 || code > 0x7e) return false;
  }
  return true;
}

const escapeSequence = new RegExp(`${'\u0001'}([01])|${'\u007f'}([0-9a-f]{2})`, 'g');

function unescaped(text: string): Uint8Array {
  const plain = text.replace(escapeSequence, (_sequence, low: string | undefined, high: string) =>
    String.fromCharCode(low === undefined ? Number.parseInt(high, 16) : Number(low)),
  );
  return Buffer.from(plain, 'latin1');
}
