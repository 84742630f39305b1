/** Decimal, hexadecimal, octal (also `017`) and binary, with underscores between digits. */
const form = /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?\d)*)$/;

/**
 * Parses a whole number as Go's `strconv.ParseInt` does with base 0, as in flags of etcd: `1000`,
 * `1_000`, `0x3e8`. Undefined: the text is not a whole number.
 */
export function parseGoInteger(text: string): number | undefined {
  const [, sign, digits] = form.exec(text) ?? [];
  if (digits === undefined) return undefined;
  // `017` is octal in Go, and decimal in JavaScript.
  const value = Number(digits.replaceAll('_', '').replace(/^0(?=\d)/, '0o'));
  return sign === '-' && value !== 0 ? -value : value;
}
