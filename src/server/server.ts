import type { Config } from '../config/config.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Store } from '../store/store.ts';
import { tineVersion } from '../version.ts';
import { WatchHub } from '../watch/hub.ts';
import { ResponseHeaders } from '../wire/response-headers.ts';
import { Access } from './access/access.ts';
import { openTokens } from './access/open-tokens.ts';
import { Passwords } from './access/passwords.ts';
import { authService } from './auth-service.ts';
import { clusterService } from './cluster-service.ts';
import { Queues } from './concurrency/queues.ts';
import { Connections } from './connections.ts';
import { electionService } from './election-service.ts';
import { Gateway } from './gateway/gateway.ts';
import { GrpcServer } from './grpc/grpc-server.ts';
import { MethodTable } from './grpc/method-table.ts';
import { healthService } from './health-service.ts';
import { withHostWhitelist } from './host-whitelist.ts';
import { httpEndpoints } from './http-endpoints.ts';
import { Http2Server } from './http2/http2-server.ts';
import { identity } from './identity.ts';
import { kvService } from './kv-service.ts';
import { leaseService } from './lease-service.ts';
import { type Listener, listen } from './listener.ts';
import { lockService } from './lock-service.ts';
import { maintenanceService } from './maintenance-service.ts';
import { Metrics } from './metrics/metrics.ts';
import { reflectionService } from './reflection-service.ts';
import { serverLimits } from './server-limits.ts';
import type { ServiceContext } from './service-context.ts';
import { snapshotService } from './snapshot-service.ts';
import { StallWatch } from './stall-watch.ts';
import type { Method } from './transport.ts';
import { watchService } from './watch-service.ts';
import { http1Listener } from './web/http1-exchange.ts';
import { Http1Server } from './web/http1-server.ts';
import { Http2Exchange, isGrpcRequest } from './web/http2-exchange.ts';
import { webHandler } from './web/web-handler.ts';

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
  const grpc = new GrpcServer({
    methods,
    logger,
    messageBytesMax: messageBytesMax(config),
    slowCallMs: config.warningUnaryRequestMs,
  });
  const http2 = new Http2Server({
    maxConcurrentStreams: config.maxConcurrentStreams,
    // Over TLS browsers and curl speak HTTP/2 of their own accord; without it, it is gRPC's clients alone, as in etcd.
    accept: (stream) =>
      stream.isSecure && !isGrpcRequest(stream) ? web(new Http2Exchange(stream)) : grpc.accept(stream),
    onFault: (error) => grpc.reportFault(error),
  });
  const stallWatch = new StallWatch(logger);
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
    connectionCount: () => connections.count,
    watches: () => hub.statistics,
  });
  const gateway = new Gateway({ grpc, maxConcurrentStreams: config.maxConcurrentStreams });
  const web = webHandler({
    cors: config.cors,
    gateway: (exchange, path) => gateway.accept(exchange, path),
    endpoints: httpEndpoints({ store, logger, metrics, emulatedEtcdVersion: config.emulatedEtcdVersion }),
  });
  const http1 = new Http1Server(withHostWhitelist({ hostWhitelist: config.hostWhitelist, logger }, http1Listener(web)));
  const connections = new Connections({
    http1: (socket) => http1.add(socket),
    http2: (socket) => http2.add(socket),
  });
  const addresses = [...config.listenAddresses, ...config.metricsListenAddresses];
  const listeners = await listenOnAll(addresses, (socket) => connections.add(socket));
  return {
    urls: listeners.slice(0, config.listenAddresses.length).map(({ url }) => url),
    async drain(ms) {
      for (const listener of listeners) listener.close();
      http2.close();
      await within(ms, Promise.all([grpc.stop(), gateway.whenIdle()]));
      await within(serverLimits.closeTimeoutMs, queues.settled());
      hub.close();
      stallWatch.close();
      http1.close();
      await within(serverLimits.closeTimeoutMs, http2.whenEmpty());
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
    trustsCertificates: true,
  });
}

function serviceContext({ config, store, logger }: ServerOptions, access: Access): ServiceContext {
  const origin = identity(config);
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

async function listenOnAll(
  addresses: readonly ListenAddress[],
  onConnection: Parameters<typeof listen>[1],
): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  try {
    for (const address of addresses) listeners.push(await listen(address, onConnection));
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  return listeners;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
