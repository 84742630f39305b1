import { tineVersion } from '../version.ts';
import { Metrics } from './metrics/metrics.ts';
import { ClockWatch } from './monitoring/clock-watch.ts';
import { StallWatch } from './monitoring/stall-watch.ts';
import { type Grpc, openGrpc } from './open-grpc.ts';
import { openServices, type ServerOptions, type Services } from './open-services.ts';
import { openWeb, type Web } from './open-web.ts';
import { placesOf } from './places.ts';
import { serverLimits } from './server-limits.ts';
import { Connections } from './transport/connections/connections.ts';
import { openEntrances } from './transport/entrances.ts';
import { isGrpcRequest } from './transport/grpc/grpc-server.ts';
import { usualAnswer } from './transport/grpc/http2-call-stream.ts';
import { Http2Server } from './transport/http2/http2-server.ts';
import { Http2Exchange } from './transport/web/http2-exchange.ts';

export interface RunningServer {
  /** Where clients reach it, one URL for each address it was told to listen on. */
  readonly urls: readonly string[];
  /** Takes no more connections and requests, lets those under way end for at most `ms`, and closes. */
  drain(ms: number): Promise<void>;
}

/**
 * Serves etcd's services, and health, version and metrics over HTTP/1.1, on the addresses of the configuration.
 *
 * @throws StartError when it cannot listen
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger } = options;
  const services = await openServices(options);
  const grpc = openGrpc(options, services.methods);
  const connections = new Connections(logger);
  const watches = { stall: new StallWatch(logger), clock: new ClockWatch(logger) };
  const metrics = openMetrics(options, { services, watches, connections });
  const certificatesNameUsers = () => services.context.access.takesUsersOfCertificates;
  const web = openWeb({ ...options, ...grpc, metrics, certificatesNameUsers });
  const http2 = openClientHttp2(options, grpc, web);
  const entrances = await openEntrances({
    places: placesOf(config, {
      grpc: (socket) => http2.add(socket),
      web: web.clients.protocols,
      metrics: web.monitoring.protocols,
    }),
    tls: config.tls,
    connections,
    logger,
  });
  return {
    urls: config.listenAddresses.map((address) => entrances.urlOf(address)),
    async drain(ms) {
      entrances.close();
      http2.close();
      await within(ms, Promise.all([grpc.grpc.stop(), web.gateway.whenIdle()]));
      await within(serverLimits.closeTimeoutMs, services.queues.settled());
      services.hub.close();
      watches.stall.close();
      grpc.arrivals.close();
      watches.clock.close();
      web.clients.close();
      web.monitoring.close();
      await within(serverLimits.closeTimeoutMs, http2.whenEmpty());
      entrances.destroy();
      connections.destroy();
    },
  };
}

interface Measured {
  readonly services: Services;
  readonly watches: { readonly stall: StallWatch; readonly clock: ClockWatch };
  readonly connections: Connections;
}

function openMetrics({ config, store }: ServerOptions, { services, watches, connections }: Measured): Metrics {
  return new Metrics({
    store,
    methods: services.methods.metrics,
    origin: services.context.origin,
    etcdVersion: config.emulatedEtcdVersion,
    tineVersion: tineVersion(),
    databaseKind: config.endpoint.kind,
    detail: config.metrics,
    quotaBytes: config.quotaBackendBytes > 0 ? config.quotaBackendBytes : Number.POSITIVE_INFINITY,
    stalls: watches.stall.stalls,
    clockJumps: watches.clock.jumps,
    connectionCount: () => connections.count,
    watches: () => services.hub.statistics,
  });
}

/** HTTP/2 at the addresses of clients. Over TLS browsers and curl speak it of their own accord; without it, it is gRPC's clients alone, as in etcd. */
function openClientHttp2({ config }: ServerOptions, { grpc, http2 }: Grpc, web: Web): Http2Server {
  const servesWeb = config.httpListenAddresses.length === 0;
  return new Http2Server({
    ...http2,
    usualAnswer,
    accept: (stream) =>
      stream.isSecure && servesWeb && !isGrpcRequest(stream)
        ? web.handler(new Http2Exchange(stream))
        : grpc.acceptHttp2(stream),
  });
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
