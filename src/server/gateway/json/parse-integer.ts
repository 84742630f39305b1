/** A JSON number at the start of a text. */
const number = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/;

/**
 * What cannot follow a number: some characters directly, and white space at the end of the text. As
 * in Go's protojson, `12 34` is 12.
 */
const notAfterNumber = /^[-+.\w]|[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** Digits of the largest number of 64 bits. */
const digitsMax = 20;

/**
 * Length of the longest text that is read as a number. A useful text is at most a 64-bit number
 * with an exponent and some zeros after the point. BigInt takes quadratic time, so a longer text is
 * refused unread.
 */
const lengthMax = 256;

/** The integer value of a JSON number. Undefined: it is not an integer, or far too large. */
export function parseInteger(text: string): bigint | undefined {
  if (text.length > lengthMax) return undefined;
  // Nearly all numbers match. Lists may have a million of them.
  if (/^[1-9]\d{0,14}$/.test(text)) return BigInt(Number(text));
  const match = number.exec(text);
  if (match === null || notAfterNumber.test(text.slice(match[0].length))) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const exponent = Number(exponentText) - fraction.length;
  if (exponent < 0) {
    if (-exponent > digits.length || /[^0]/.test(digits.slice(exponent))) return undefined;
    return BigInt(sign + digits.slice(0, exponent));
  }
  if (digits.length + exponent > digitsMax) return undefined;
  return BigInt(sign + digits + '0'.repeat(exponent));
}
