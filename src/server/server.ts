import type { Config } from '../config/config.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import { SparseLog } from '../sparse-log.ts';
import type { Store } from '../store/store.ts';
import { tineVersion } from '../version.ts';
import { WatchHub } from '../watch/hub.ts';
import { ResponseHeaders } from '../wire/response-headers.ts';
import { Access } from './access/access.ts';
import { openTokens } from './access/open-tokens.ts';
import { Passwords } from './access/passwords.ts';
import { hostGuard } from './endpoints/host-whitelist.ts';
import { httpEndpoints } from './endpoints/http-endpoints.ts';
import { mayRead, webHandler } from './endpoints/web-handler.ts';
import { Gateway } from './gateway/gateway.ts';
import { originOf } from './identity.ts';
import { Metrics } from './metrics/metrics.ts';
import { ClockWatch } from './monitoring/clock-watch.ts';
import { FaultLog } from './monitoring/fault-log.ts';
import { SlowCalls } from './monitoring/slow-calls.ts';
import { StallWatch } from './monitoring/stall-watch.ts';
import { ownStatuses, statusOf } from './replies/status.ts';
import { serverLimits } from './server-limits.ts';
import { authService } from './services/auth-service.ts';
import { clusterService } from './services/cluster-service.ts';
import { Queues } from './services/concurrency/queues.ts';
import { electionService } from './services/election-service.ts';
import { healthService } from './services/health-service.ts';
import { kvService } from './services/kv-service.ts';
import { leaseService } from './services/lease-service.ts';
import { lockService } from './services/lock-service.ts';
import { maintenanceService } from './services/maintenance-service.ts';
import { reflectionService } from './services/reflection-service.ts';
import type { ServiceContext } from './services/service-context.ts';
import { snapshotService } from './services/snapshot-service.ts';
import { watchService } from './services/watch-service.ts';
import { Arrivals } from './transport/budget/arrivals.ts';
import { HeldBytes } from './transport/budget/held-bytes.ts';
import { Connections } from './transport/connections/connections.ts';
import { openEntrances } from './transport/entrances.ts';
import { GrpcServer, isGrpcRequest } from './transport/grpc/grpc-server.ts';
import { usualAnswer } from './transport/grpc/http2-call-stream.ts';
import type { Method } from './transport/grpc/method.ts';
import { MethodTable } from './transport/grpc/method-table.ts';
import { Http2Server } from './transport/http2/http2-server.ts';
import { sharedBounds } from './transport/http2/shared-bounds.ts';
import { Http2Exchange } from './transport/web/http2-exchange.ts';
import { WebServer } from './transport/web/web-server.ts';
import { WebSockets } from './transport/web/web-sockets.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly store: Store;
  readonly logger: Logger;
}

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
  const { config, store, logger } = options;
  const context = serviceContext(options, await openAccess(options));
  const hub = watchHub(context);
  const queues = new Queues(context);
  const methods = new MethodTable(servedMethods(context, hub, queues));
  const arrivals = new Arrivals();
  const webHeld = new HeldBytes({ bytesMax: serverLimits.webHeldBytesMax });
  const faults = new FaultLog(logger);
  const grpc = new GrpcServer({
    methods,
    messageBytesMax: messageBytesMax(config),
    slowCalls: new SlowCalls({ logger, thresholdMs: config.warningUnaryRequestMs }),
    arrivals,
    statusOf: (error, { isStream }) => statusOf(error, { isStream, log: faults }),
    statuses: ownStatuses,
    onFault: (error) => faults.internal(error),
  });
  const reportFault = (error: unknown) => grpc.reportFault(error);
  const servesWeb = config.httpListenAddresses.length === 0;
  const { maxConcurrentStreams, keepalive } = config;
  const overdraftLog = new SparseLog({
    logger,
    message: 'closed a connection that asks too much',
    linesMax: limits.sparseLogLinesMax,
    intervalMs: limits.sparseLogIntervalMs,
  });
  const transport = {
    maxConcurrentStreams,
    keepalive,
    ...sharedBounds(),
    onOverdrawn: (peer: string, reason: string) => overdraftLog.write(() => ({ peer, reason })),
    onFault: reportFault,
  };
  const http2 = new Http2Server({
    ...transport,
    usualAnswer,
    // Over TLS browsers and curl speak HTTP/2 of their own accord; without it, it is gRPC's clients alone, as in etcd.
    accept: (stream) =>
      stream.isSecure && servesWeb && !isGrpcRequest(stream)
        ? web(new Http2Exchange(stream))
        : grpc.acceptHttp2(stream),
  });
  const stallWatch = new StallWatch(logger);
  const clockWatch = new ClockWatch(logger);
  const metrics = new Metrics({
    store,
    methods: methods.metrics,
    origin: context.origin,
    etcdVersion: config.emulatedEtcdVersion,
    tineVersion: tineVersion(),
    databaseKind: config.endpoint.kind,
    detail: config.metrics,
    quotaBytes: config.quotaBackendBytes > 0 ? config.quotaBackendBytes : Number.POSITIVE_INFINITY,
    stalls: stallWatch.stalls,
    clockJumps: clockWatch.jumps,
    connectionCount: () => connections.count,
    watches: () => hub.statistics,
  });
  const gateway = new Gateway({
    grpc,
    held: webHeld,
    turns: transport.turns,
    arrivals,
    maxConcurrentStreams: config.maxConcurrentStreams,
    certificatesNameUsers: () => context.access.takesUsersOfCertificates,
  });
  const endpoints = { store, logger, metrics, emulatedEtcdVersion: config.emulatedEtcdVersion };
  const web = webHandler({
    cors: config.cors,
    ...(config.servesGateway ? { gateway: (exchange, path) => gateway.accept(exchange, path) } : {}),
    endpoints: httpEndpoints(endpoints),
  });
  const guard = hostGuard({ ...config, logger });
  const webSockets = new WebSockets({
    handler: web,
    allows: (request) => config.servesGateway && guard.allows(request) && mayRead(config.cors, request.headers.origin),
    messageBytesMax: serverLimits.gatewayValueFactor * messageBytesMax(config),
    held: webHeld,
    turns: transport.turns,
    arrivals,
  });
  const webServer = new WebServer({ http2: transport, held: webHeld, handler: web, guard: guard.before, webSockets });
  const monitoring = new WebServer({
    http2: transport,
    held: webHeld,
    handler: httpEndpoints({ ...endpoints, served: 'monitoring' }),
  });
  const connections = new Connections(logger);
  const entrances = await openEntrances({
    config,
    connections,
    logger,
    serve: { grpc: (socket) => http2.add(socket), web: webServer.protocols, metrics: monitoring.protocols },
  });
  return {
    urls: entrances.urls,
    async drain(ms) {
      entrances.close();
      http2.close();
      await within(ms, Promise.all([grpc.stop(), gateway.whenIdle()]));
      await within(serverLimits.closeTimeoutMs, queues.settled());
      hub.close();
      stallWatch.close();
      arrivals.close();
      clockWatch.close();
      webServer.close();
      monitoring.close();
      await within(serverLimits.closeTimeoutMs, http2.whenEmpty());
      entrances.destroy();
      connections.destroy();
    },
  };
}

/** @throws StartError when the keys of tokens cannot be used */
async function openAccess({ config, store }: ServerOptions): Promise<Access> {
  const { tokens, bcryptCost } = config.auth;
  return new Access({
    auth: store.auth,
    tokens: await openTokens(tokens, store.auth),
    passwords: new Passwords({ cost: bcryptCost }),
    trustsCertificates: config.tls?.clients?.areUsers ?? false,
  });
}

function serviceContext({ config, store, logger }: ServerOptions, access: Access): ServiceContext {
  const origin = originOf(config, store);
  return { access, config, store, logger, origin, headers: new ResponseHeaders(origin) };
}

function watchHub({ config, store, logger, origin }: ServiceContext): WatchHub {
  return new WatchHub({
    source: store.events,
    origin,
    logger,
    pageRowsMax: limits.eventPageRowsMax,
    progressIntervalMs: config.watchProgressNotifyIntervalMs,
    fragmentBytesMax: messageBytesMax(config),
  });
}

function servedMethods(context: ServiceContext, hub: WatchHub, queues: Queues): readonly Method[] {
  const etcd = [
    ...kvService(context),
    ...watchService(context, hub),
    ...leaseService(context),
    ...clusterService(context),
    ...maintenanceService(context),
    ...lockService(context, hub, queues),
    ...electionService(context, hub, queues),
    ...authService(context),
    ...snapshotService(context),
    ...healthService(context),
  ];
  return [...etcd, ...reflectionService(etcd)];
}

/** The largest gRPC message that is taken, and the size at which a watch's answer is fragmented. */
function messageBytesMax({ maxRequestBytes }: Config): number {
  return maxRequestBytes + serverLimits.messageOverheadBytes;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
