import { type HeaderField, headerValue } from '../transport/http/header-field.ts';

/**
 * Why a write did not come from the page that this server served; undefined if it did.
 *
 * A page of another site can make a browser send requests here. It cannot send the header without
 * permission (CORS), which this path never gives, and it cannot change what the browser writes
 * into `sec-fetch-site` and `origin`. Browsers send `sec-fetch-site` over TLS and to localhost
 * only, so elsewhere the origin is compared with the host. A proxy that changes the host sends
 * `x-forwarded-host`.
 */
export function foreignWrite(fields: readonly HeaderField[]): string | undefined {
  if (headerValue(fields, 'x-tine-page') !== 'write') return 'header X-Tine-Page is missing';
  const [type = ''] = (headerValue(fields, 'content-type') ?? '').split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json') return 'the content type is not application/json';
  const site = headerValue(fields, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' ? undefined : `the request is ${site}`;
  const origin = headerValue(fields, 'origin');
  if (origin === undefined) return 'header Origin is missing';
  const host = URL.parse(origin)?.host;
  const ownHosts = [headerValue(fields, 'x-forwarded-host'), headerValue(fields, 'host')];
  return host !== undefined && ownHosts.includes(host) ? undefined : `origin ${JSON.stringify(origin)} is another site`;
}
