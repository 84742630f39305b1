import { within } from '../kit/within.ts';
import { tineVersion } from '../version.ts';
import { Metrics } from './metrics/metrics.ts';
import { ClockWatch } from './monitoring/clock-watch.ts';
import { StallWatch } from './monitoring/stall-watch.ts';
import { openPageData } from './open-page-data.ts';
import { openServices, type ServerOptions, type Services } from './open-services.ts';
import { openTransport, type Transport } from './open-transport.ts';
import { openWeb, type Web } from './open-web.ts';
import { servedAddresses } from './served-addresses.ts';
import { serverLimits } from './server-limits.ts';
import { Connections } from './transport/connections/connections.ts';
import { isGrpcRequest } from './transport/grpc/grpc-server.ts';
import { usualAnswer } from './transport/grpc/http2-call-stream.ts';
import { Http2Server } from './transport/http2/http2-server.ts';
import { type OpenListeners, openListeners } from './transport/open-listeners.ts';
import { Http2Exchange } from './transport/web/http2-exchange.ts';

interface RunningServer {
  /** The URLs of the server, one for each configured address. */
  readonly urls: readonly string[];
  /**
   * Accepts no more connections and requests, lets current ones finish for at most `ms`, and
   * closes.
   */
  drain(ms: number): Promise<void>;
}

/**
 * Serves etcd's services, and health, version and metrics over HTTP/1.1, on the configured
 * addresses.
 *
 * @throws StartError when an address cannot be used
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger } = options;
  const services = await openServices(options);
  const transport = openTransport(options, services.methods);
  const connections = new Connections({ logger, turns: transport.http2.turns, webTurns: transport.webTurns });
  const watches = { stall: new StallWatch(logger), clock: new ClockWatch(logger) };
  const metrics = openMetrics(options, { services, watches, connections });
  const certificatesNameUsers = () => services.context.access.takesUsersOfCertificates;
  const pageData = openPageData(options, { services, transport, watches, connections });
  const web = openWeb({ ...options, ...transport, metrics, certificatesNameUsers, pageData });
  const http2 = openClientHttp2(options, transport, web);
  const listeners = await openListeners({
    served: servedAddresses(config, {
      grpc: (socket) => http2.add(socket),
      web: web.clients.protocols,
      metrics: web.monitoring.protocols,
    }),
    tls: config.tls,
    connections,
    logger,
  });
  const running = { services, transport, connections, watches, web, http2, listeners };
  return {
    urls: config.listenAddresses.map((address) => listeners.urlOf(address)),
    drain: (ms) => drain(running, ms),
  };
}

/** The parts that a stop must close. */
interface Running {
  readonly services: Services;
  readonly transport: Transport;
  readonly connections: Connections;
  readonly watches: ProcessWatches;
  readonly web: Web;
  readonly http2: Http2Server;
  readonly listeners: OpenListeners;
}

async function drain(running: Running, ms: number): Promise<void> {
  const { services, transport, connections, watches, web, http2, listeners } = running;
  listeners.close();
  http2.close();
  await within(ms, Promise.all([transport.grpc.stop(), web.gateway.whenIdle()]), () => {});
  await within(serverLimits.endedCallsMsMax, services.queues.settled(), () => {});
  services.hub.close();
  watches.stall.close();
  transport.requestTimeouts.close();
  watches.clock.close();
  web.clients.close();
  web.monitoring.close();
  await within(serverLimits.closeTimeoutMs, http2.whenEmpty(), () => {});
  listeners.destroy();
  connections.destroy();
}

interface ProcessWatches {
  readonly stall: StallWatch;
  readonly clock: ClockWatch;
}

function openMetrics(
  { config, store, snapshots, tracer }: ServerOptions,
  { services, watches, connections }: Pick<Running, 'services' | 'watches' | 'connections'>,
): Metrics {
  return new Metrics({
    store,
    methods: services.methods.metrics,
    identity: services.context.identity,
    etcdVersion: config.emulatedEtcdVersion,
    tineVersion: tineVersion(),
    databaseKind: config.endpoint.kind,
    detail: config.metrics,
    quotaBytes: config.quotaBackendBytes > 0 ? config.quotaBackendBytes : Number.POSITIVE_INFINITY,
    stalls: watches.stall.stalls,
    clockJumps: watches.clock.jumps,
    connectionCount: () => connections.count,
    snapshots: snapshots && (() => snapshots.statistics),
    droppedSpans: tracer?.droppedSpans,
    watches: () => services.hub.statistics,
  });
}

/**
 * HTTP/2 at the addresses for clients. Over TLS, browsers and curl use it by default. Without TLS,
 * only gRPC clients do, as in etcd.
 */
function openClientHttp2({ config }: ServerOptions, { grpc, http2 }: Transport, web: Web): Http2Server {
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
