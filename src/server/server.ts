import { createServer as createHttpServer } from 'node:http';
import type { Config } from '../config/config.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import type { Logger } from '../logger.ts';
import type { Store } from '../store/store.ts';
import { ResponseHeaders } from '../wire/response-headers.ts';
import { clusterService } from './cluster-service.ts';
import { Connections } from './connections.ts';
import { GrpcServer } from './grpc/grpc-server.ts';
import { MethodTable } from './grpc/method-table.ts';
import { healthService } from './health-service.ts';
import { httpEndpoints } from './http-endpoints.ts';
import { Http2Connection } from './http2/http2-connection.ts';
import { identity } from './identity.ts';
import { kvService } from './kv-service.ts';
import { leaseService } from './lease-service.ts';
import { type Listener, listen } from './listener.ts';
import { maintenanceService } from './maintenance-service.ts';
import { Metrics } from './metrics.ts';
import { serverLimits } from './server-limits.ts';
import type { ServiceContext } from './service-context.ts';
import type { Method } from './transport.ts';

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
  const methods = new MethodTable(servedMethods(options));
  const messageBytesMax = config.maxRequestBytes + serverLimits.messageOverheadBytes;
  const grpc = new GrpcServer({ methods, logger, messageBytesMax });
  const version = config.emulatedEtcdVersion;
  const metrics = new Metrics({ store, methods: methods.metrics, version, connectionCount: () => connections.count });
  const http1 = createHttpServer(
    { headersTimeout: serverLimits.httpHeadersTimeoutMs },
    httpEndpoints({
      store,
      logger,
      emulatedEtcdVersion: version,
      metricsText: () => metrics.text(),
      metricsContentType: metrics.contentType,
    }),
  );
  const http2 = new Set<Http2Connection>();
  const connections = new Connections({
    http1: (socket) => http1.emit('connection', socket),
    http2: (socket) => {
      const { maxConcurrentStreams } = config;
      const connection = new Http2Connection(socket, { maxConcurrentStreams, accept: (stream) => grpc.accept(stream) });
      http2.add(connection);
      socket.once('close', () => http2.delete(connection));
    },
  });
  const addresses = [...config.listenAddresses, ...config.metricsListenAddresses];
  const listeners = await listenOnAll(addresses, (socket) => connections.add(socket));
  return {
    urls: listeners.slice(0, config.listenAddresses.length).map(({ url }) => url),
    async drain(ms) {
      for (const listener of listeners) listener.close();
      for (const connection of http2) connection.close();
      await within(ms, grpc.stop());
      http1.closeAllConnections();
      connections.destroy();
    },
  };
}

function servedMethods({ config, store, logger }: ServerOptions): readonly Method[] {
  const origin = identity(config);
  const context: ServiceContext = { store, config, logger, origin, headers: new ResponseHeaders(origin) };
  return [
    ...kvService(context),
    ...leaseService(context),
    ...clusterService(context),
    ...maintenanceService(context),
    ...healthService(context),
  ];
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

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
