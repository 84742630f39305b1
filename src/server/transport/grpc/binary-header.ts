import type { HeaderField } from '../http/header-field.ts';

const suffix = '-bin';
const base64Digit = /^[A-Za-z0-9+/]$/;

/**
 * The fault of the first header whose name requires a base64 value and whose value is not base64,
 * in grpc-go's words. Undefined: there is no fault.
 */
export function malformedBinaryHeader(fields: readonly HeaderField[]): string | undefined {
  for (const [name, value] of fields) {
    if (!name.endsWith(suffix)) continue;
    const at = illegalAt(value);
    if (at !== undefined) {
      const reason = `illegal base64 data at input byte ${at}`;
      return `malformed binary metadata ${JSON.stringify(value)} in header ${JSON.stringify(name)}: ${reason}`;
    }
  }
  return undefined;
}

/**
 * The index at which a text stops being base64, with or without padding. Undefined: it is valid.
 */
function illegalAt(text: string): number | undefined {
  const digits = text.length % 4 === 0 ? withoutPadding(text) : text;
  for (let index = 0; index < digits.length; index += 1) {
    if (!base64Digit.test(digits.charAt(index))) return index;
  }
  // A single digit has 6 bits, which is less than a byte.
  return digits.length % 4 === 1 ? digits.length : undefined;
}

function withoutPadding(text: string): string {
  if (text.endsWith('==')) return text.slice(0, -2);
  return text.endsWith('=') ? text.slice(0, -1) : text;
}
