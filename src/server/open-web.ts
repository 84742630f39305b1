import { hostGuard } from './endpoints/host-whitelist.ts';
import { httpEndpoints } from './endpoints/http-endpoints.ts';
import { mayRead, webHandler } from './endpoints/web-handler.ts';
import { Gateway } from './gateway/gateway.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ServerOptions } from './open-services.ts';
import type { Transport } from './open-transport.ts';
import { messageBytesMax, serverLimits } from './server-limits.ts';
import type { StreamListener } from './transport/http/stream-listener.ts';
import type { WebExchange, WebHandler } from './transport/web/web-exchange.ts';
import { WebServer } from './transport/web/web-server.ts';
import { WebSockets } from './transport/web/web-sockets.ts';
import { settingsData } from './ui/settings.ts';
import type { UiData } from './ui/ui-data.ts';
import { type UiHandler, uiHandler } from './ui/ui-handler.ts';

export interface WebOptions extends ServerOptions, Transport {
  readonly metrics: Metrics;
  /** Further data of the page at /ui/. */
  readonly pageData: UiData;
  /** Whether a certificate names the user over gRPC. */
  readonly certificatesNameUsers: () => boolean;
}

/** Everything that is served over HTTP without gRPC. */
export interface Web {
  readonly gateway: Gateway;
  readonly handler: WebHandler;
  /** For clients: the gateway, health, version and metrics. */
  readonly clients: WebServer;
  /** Only health and metrics. */
  readonly monitoring: WebServer;
}

export function openWeb(options: WebOptions): Web {
  const { config, store, logger, metrics, requestTimeouts, http2, webHeld: held, webTurns: turns } = options;
  const gateway = openGateway(options);
  const endpoints = { store, logger, metrics, emulatedEtcdVersion: config.emulatedEtcdVersion };
  const handler = webHandler({
    cors: config.cors,
    ...(config.servesGateway ? { gateway: (exchange, path) => gateway.accept(exchange, path) } : {}),
    ...(config.servesUi ? { ui: openUi(options, gateway) } : {}),
    endpoints: httpEndpoints(endpoints),
  });
  const guard = hostGuard({ ...config, logger });
  const webSockets = new WebSockets({
    handler,
    allows: (request) =>
      config.servesGateway &&
      request.url?.startsWith('/v3/') === true &&
      guard.allows(request) &&
      mayRead(config.cors, request.headers.origin),
    messageBytesMax: serverLimits.gatewayValueFactor * messageBytesMax(config),
    held,
    turns,
    requestTimeouts,
  });
  return {
    gateway,
    handler,
    clients: new WebServer({ http2, held, turns, handler, guard: guard.before, webSockets }),
    monitoring: new WebServer({ http2, held, turns, handler: httpEndpoints({ ...endpoints, served: 'monitoring' }) }),
  };
}

function openGateway({ config, grpc, requestTimeouts, webHeld, webTurns, certificatesNameUsers }: WebOptions): Gateway {
  return new Gateway({
    grpc,
    held: webHeld,
    turns: webTurns,
    requestTimeouts,
    maxConcurrentStreams: config.maxConcurrentStreams,
    certificatesNameUsers,
  });
}

/** The page at /ui/. Its writes are calls of the gateway, so rights and limits are the same. */
function openUi(options: WebOptions, gateway: Gateway): UiHandler {
  const txn = (exchange: WebExchange): StreamListener | undefined => gateway.accept(exchange, '/v3/kv/txn');
  return uiHandler({
    data: { settings: settingsData(options), ...options.pageData },
    ...(options.config.writesFromUi ? { txn } : {}),
    statusOf: (error) => options.grpc.statusOf(error, { isStream: false }),
  });
}
