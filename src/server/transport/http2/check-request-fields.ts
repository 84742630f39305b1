import type { DecodedFields } from './hpack/hpack-decoder.ts';
import { ErrorCode, StreamError } from './protocol.ts';

/** Headers of an HTTP/1.1 connection. They make a request malformed. */
const connectionHeaders = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const digits = /^\d{1,15}$/;

/** One bit for each pseudo-header of a request. */
const pseudoHeaders: Readonly<Record<string, number>> = { ':method': 1, ':scheme': 2, ':path': 4, ':authority': 8 };
const requiredPseudoHeaders = 1 | 2 | 4;

/** The content-length of a request that has none. */
export const unknownLength = Number.POSITIVE_INFINITY;

/**
 * Checks that pseudo-headers come first, each at most once, with all required ones; that names are
 * lower case, without headers of an HTTP/1.1 connection; and that values have no control
 * characters. Returns the content-length.
 *
 * @throws StreamError
 */
export function checkRequestFields(decoded: DecodedFields): number {
  decoded.contentLength ??= check(decoded);
  return decoded.contentLength;
}

function check({ fields, isMalformed }: DecodedFields): number {
  if (isMalformed) throw malformed();
  let seen = 0;
  let isPastPseudo = false;
  let contentLength = unknownLength;
  for (const [name, value] of fields) {
    if (name.charCodeAt(0) === colon) {
      const bit = pseudoHeaders[name];
      if (isPastPseudo || bit === undefined || (seen & bit) !== 0) throw malformed();
      if (name === ':path' && value === '') throw malformed();
      seen |= bit;
      continue;
    }
    isPastPseudo = true;
    if (connectionHeaders.has(name)) throw malformed();
    if (name === 'te' && value !== 'trailers') throw malformed();
    if (name === 'content-length') {
      if (!digits.test(value)) throw malformed();
      const length = Number(value);
      if (contentLength !== unknownLength && contentLength !== length) throw malformed();
      contentLength = length;
    }
  }
  if ((seen & requiredPseudoHeaders) !== requiredPseudoHeaders) throw malformed();
  return contentLength;
}

/**
 * Checks the fields after a request's body, which contain no pseudo-headers. @throws StreamError
 */
export function checkTrailerFields({ fields, isMalformed }: DecodedFields): void {
  if (isMalformed || fields.some(([name]) => name.charCodeAt(0) === colon)) throw malformed();
}

const colon = 0x3a;

function malformed(): StreamError {
  return new StreamError(ErrorCode.protocolError, 'malformed headers');
}
