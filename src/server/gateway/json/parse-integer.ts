/** A JSON number at the start of a text. */
const number = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/;

/** What a number does not end before. As in Go's protojson: `12 34` is 12. */
const numberGoesOn = /^[-+.\w]/;

/** Digits of the largest number of 64 bits. */
const digitsMax = 20;

/**
 * Characters of the longest text that is read as a number. The longest that a client has a reason to send is a number of 64 bits
 * with an exponent and some zeros behind the point. BigInt takes quadratic time, so a longer text is refused unread.
 */
const lengthMax = 256;

/** The whole number that a JSON number stands for; undefined when it stands for none, or for one that is far too large. */
export function parseInteger(text: string): bigint | undefined {
  if (text.length > lengthMax) return undefined;
  // Nearly all of them, and lists may have a million.
  if (/^[1-9]\d{0,14}$/.test(text)) return BigInt(Number(text));
  const match = number.exec(text);
  if (match === null || numberGoesOn.test(text.slice(match[0].length))) return undefined;
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
