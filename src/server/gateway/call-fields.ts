import { EtcdError, StatusCode } from '../../errors.ts';
import { type HeaderField, headerValue } from '../transport/http/header-field.ts';
import { timeoutFieldMs } from './timeout-field.ts';

/** HTTP's own headers, which a method receives with a prefix. grpc-gateway's list. */
const permanentHeaders = new Set(
  `accept accept-charset accept-language accept-ranges authorization cache-control content-type cookie date expect from
   host if-match if-modified-since if-none-match if-schedule-tag-match if-unmodified-since max-forwards origin pragma
   referer user-agent via warning`.split(/\s+/),
);

/** The token, and W3C's trace context. */
const unchangedNames = new Set(['authorization', 'traceparent', 'tracestate']);

const metadataPrefix = 'grpc-metadata-';
/** Names that gRPC itself uses. They cannot be sent as metadata. */
const reservedNames = /^(?:grpc-.*|content-type|user-agent|te)$/;
const validName = /^[0-9a-z._-]+$/;
const validText = /^[ -~]*$/;

/**
 * The headers of the gRPC call for an HTTP request, as in grpc-gateway: `authorization`, metadata
 * from `grpc-metadata-*`, HTTP's own headers with the prefix `grpcgateway-`, and the deadline of
 * `grpc-timeout`. Also the trace context, which grpc-gateway does not pass on.
 *
 * @throws EtcdError when a header of the request is malformed, or its deadline has passed already
 */
export function callFields(fields: readonly HeaderField[], rpc: string): readonly HeaderField[] {
  const timeoutMs = timeoutFieldMs(headerValue(fields, 'grpc-timeout'));
  const timeout: readonly HeaderField[] = timeoutMs === undefined ? [] : [['grpc-timeout', `${timeoutMs}m`]];
  return [
    [':method', 'POST'],
    [':path', rpc],
    ['content-type', 'application/grpc'],
    ...timeout,
    ...fields.flatMap(([name, value]) => metadataOf(name, value)),
  ];
}

function metadataOf(name: string, value: string): readonly HeaderField[] {
  if (name === 'host') return [['x-forwarded-host', value]];
  const own: readonly HeaderField[] = unchangedNames.has(name) ? [[name, value]] : [];
  const metadataName = metadataNameOf(name);
  if (metadataName === undefined || !validName.test(metadataName) || reservedNames.test(metadataName)) return own;
  if (name.endsWith('-bin')) checkBase64(name, value);
  else if (!validText.test(value)) return own;
  return [...own, [metadataName, value]];
}

function metadataNameOf(name: string): string | undefined {
  if (permanentHeaders.has(name)) return `grpcgateway-${name}`;
  return name.startsWith(metadataPrefix) ? name.slice(metadataPrefix.length) : undefined;
}

/** Binary metadata is sent in base64. */
function checkBase64(name: string, value: string): void {
  const digits = value.length % 4 === 0 ? value.replace(/={1,2}$/, '') : value;
  const wrong = digits.search(/[^A-Za-z0-9+/]/);
  if (wrong === -1 && digits.length % 4 !== 1) return;
  const at = wrong === -1 ? digits.length - 1 : wrong;
  const text = `invalid binary header ${canonical(name)}: illegal base64 data at input byte ${at}`;
  throw new EtcdError(StatusCode.invalidArgument, text);
}

/** The name of a header as Go writes it: `Grpc-Metadata-Bin`. */
function canonical(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());
}
