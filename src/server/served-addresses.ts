import type { Socket } from 'node:net';
import type { Config } from '../config/config.ts';
import type { Protocols } from './transport/connections/connections.ts';
import type { ServedAddresses } from './transport/open-listeners.ts';

/**
 * The handlers of connections, by purpose. As in etcd, HTTP/2 without gRPC is served only over TLS.
 */
export interface Serve {
  readonly grpc: (socket: Socket) => void;
  readonly web: Required<Pick<Protocols, 'http1' | 'http2'>>;
  readonly metrics: Required<Pick<Protocols, 'http1' | 'http2'>>;
}

/** The handlers at each configured address. */
export function servedAddresses(config: Config, { grpc, web, metrics }: Serve): readonly ServedAddresses[] {
  const servesWebApart = config.httpListenAddresses.length > 0;
  const clients = { http2: grpc, ...(servesWebApart ? {} : { http1: web.http1 }) };
  return [
    { addresses: config.listenAddresses, plain: clients, secure: clients },
    { addresses: config.httpListenAddresses, plain: { http1: web.http1 }, secure: web },
    { addresses: config.metricsListenAddresses, plain: { http1: metrics.http1 }, secure: metrics },
  ];
}
