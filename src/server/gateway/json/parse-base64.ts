/** Padded to groups of four, or without padding: then no group has one character alone. */
const standardPadded = /^[A-Za-z0-9+/]*={0,2}$/;
const urlPadded = /^[\w-]*={0,2}$/;

/**
 * Bytes from base64 in either alphabet, padded or not; undefined when it is neither. Line ends are passed over. Go's
 * protojson takes the padding from the length, line ends included.
 */
export function parseBase64(text: string): Buffer | undefined {
  const isPadded = text.length % 4 === 0;
  const digits = text.replaceAll(/[\r\n]/g, '');
  const form = /[-_]/.test(text) ? urlPadded : standardPadded;
  if (!form.test(digits)) return undefined;
  const isWhole = isPadded ? digits.length % 4 === 0 : digits.length % 4 !== 1 && !digits.endsWith('=');
  return isWhole ? Buffer.from(digits, 'base64') : undefined;
}
