/** A JSON number, and nothing that would make it go on. What follows it otherwise is not looked at, as in Go's protojson: `12 34` is 12. */
const number = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?(?![-+.\w])/;

/** Digits of the largest number of 64 bits. */
const digitsMax = 20;

/** The whole number that a JSON number stands for; undefined when it stands for none, or for one that is far too large. */
export function parseInteger(text: string): bigint | undefined {
  // Nearly all of them, and lists may have a million.
  if (/^[1-9]\d{0,14}$/.test(text)) return BigInt(Number(text));
  const match = number.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits.replace(/0+$/, '') === '') return 0n;
  const exponent = Number(exponentText) - fraction.length;
  if (exponent < 0) {
    const cut = digits.slice(exponent);
    if (-exponent > digits.length || /[^0]/.test(cut)) return undefined;
    return BigInt(sign + digits.slice(0, exponent));
  }
  if (digits.length + exponent > digitsMax) return undefined;
  return BigInt(sign + digits + '0'.repeat(exponent));
}
