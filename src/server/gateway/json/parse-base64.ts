/**
 * Padded to groups of four, or without padding. Without padding, no group has a single character.
 */
const standardPadded = /^[A-Za-z0-9+/]*={0,2}$/;
const urlPadded = /^[\w-]*={0,2}$/;

/**
 * Decodes base64 in either alphabet, with or without padding. Undefined: the text is neither. Line
 * ends are ignored. Like Go's protojson, it expects padding by the length of the text, including
 * line ends.
 */
export function parseBase64(text: string): Buffer | undefined {
  const isPadded = text.length % 4 === 0;
  const digits = text.replaceAll(/[\r\n]/g, '');
  const form = /[-_]/.test(text) ? urlPadded : standardPadded;
  if (!form.test(digits)) return undefined;
  const isWhole = isPadded ? digits.length % 4 === 0 : digits.length % 4 !== 1 && !digits.endsWith('=');
  return isWhole ? Buffer.from(digits, 'base64') : undefined;
}
