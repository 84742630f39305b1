import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { listAllows } from '../../config/listen/listen-web-lists.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import type { Logger } from '../../logger.ts';
import { transportLimits } from '../transport/transport-limits.ts';

export interface HostWhitelistOptions {
  readonly hostWhitelist: readonly string[];
  readonly logger: Logger;
}

export interface HostGuard {
  readonly allows: (request: IncomingMessage) => boolean;
  /** Answers a request that is not allowed. */
  readonly before: (next: RequestListener) => RequestListener;
}

/**
 * Allows requests whose Host header is in the list. A web page can resolve its own name to an
 * internal address and read from there (DNS rebinding, CVE-2018-5702). Its requests have the page's
 * name in the Host header. Requests over TLS are allowed, because the certificate would not match.
 * The behaviour, the text and the status are etcd's.
 */
export function hostGuard({ hostWhitelist, logger }: HostWhitelistOptions): HostGuard {
  const log = new SparseLog({
    logger,
    message: 'rejecting HTTP request to prevent DNS rebinding attacks',
    linesMax: 1,
    intervalMs: transportLimits.clientFaultLogIntervalMs,
  });
  const allows: HostGuard['allows'] = ({ headers, socket }) =>
    'encrypted' in socket || listAllows(hostWhitelist, hostName(headers.host ?? ''));
  const before: HostGuard['before'] =
    (next) =>
    (request: IncomingMessage, response: ServerResponse & { req: IncomingMessage }): void => {
      if (allows(request)) {
        next(request, response);
        return;
      }
      const host = hostName(request.headers.host ?? '');
      log.write(() => ({ host }));
      response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
      response.end(refusal(host));
    };
  return { allows, before };
}

/** The host of `host:port`, `[::1]:port` or a bare host. */
function hostName(header: string): string {
  return (
    /^(?:\[([^\]]*)\]|([^:]*)):\d*$/
      .exec(header)
      ?.slice(1)
      .find((part) => part !== undefined) ?? header
  );
}

const refusal = (host: string): string => `
etcd received your request, but the Host header was unrecognized.

To fix this, choose one of the following options:
- Enable TLS, then any HTTPS request will be allowed.
- Add the hostname you want to use to the whitelist in settings.
  - e.g. etcd --host-whitelist ${JSON.stringify(host)}

This requirement has been added to help prevent "DNS Rebinding" attacks (CVE-2018-5702).

`;
