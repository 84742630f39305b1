import type { Socket } from 'node:net';
import type { Config } from '../../config/config.ts';
import { type ListenAddress, listenAddressText, listenAddressUrl } from '../../config/listen/listen-address.ts';
import type { Logger } from '../../logger.ts';
import type { Connections, Protocols } from './connections/connections.ts';
import { DescriptorGuard } from './connections/descriptor-guard.ts';
import { type Listener, listen } from './connections/listener.ts';
import type { AlpnProtocols } from './tls/tls-door.ts';

export interface EntrancesOptions {
  readonly config: Config;
  readonly connections: Connections;
  readonly logger: Logger;
  /** What takes over the connections for each purpose. HTTP/2 without gRPC is spoken over TLS alone, as in etcd. */
  readonly serve: {
    readonly grpc: (socket: Socket) => void;
    readonly web: Required<Pick<Protocols, 'http1' | 'http2'>>;
    readonly metrics: Required<Pick<Protocols, 'http1' | 'http2'>>;
  };
}

export interface Entrances {
  /** Where clients reach the server, one URL for each client address of the configuration. */
  readonly urls: readonly string[];
  /** Takes no more connections; those there are stay. */
  close(): void;
  /** Ends connections that are about to be made. */
  destroy(): void;
}

/** A place that is listened on, with TLS, without, or both, as its addresses say: the first byte of a connection tells which it is. */
interface Place {
  readonly addresses: readonly ListenAddress[];
  readonly plain: Protocols;
  readonly secure: Protocols;
}

interface Door {
  readonly add: (socket: Socket) => void;
  readonly endOldest: () => boolean;
  readonly destroy: () => void;
}

/**
 * Listens on every address of the configuration.
 *
 * @throws StartError when it cannot
 */
export async function openEntrances(options: EntrancesOptions): Promise<Entrances> {
  const makeDoor = await doorMaker(options);
  const listeners: Listener[] = [];
  const doors: Door[] = [];
  const urls = new Map<ListenAddress, string>();
  const guard = new DescriptorGuard({
    logger: options.logger,
    endSilent: () => options.connections.endSilent() || doors.some((door) => door.endOldest()),
  });
  const close = (): void => {
    for (const listener of listeners) listener.close();
  };
  try {
    for (const { addresses, plain, secure } of placesOf(options)) {
      const [first] = addresses;
      if (first === undefined) continue;
      const door = addresses.some(({ isSecure }) => isSecure) ? makeDoor?.(secure) : undefined;
      if (door !== undefined) doors.push(door);
      const { connections } = options;
      const isMixed = addresses.some(({ isSecure }) => !isSecure);
      const spoken = door === undefined ? plain : { ...plain, tls: door.add };
      const take = isMixed ? (socket: Socket) => connections.add(socket, spoken) : (door?.add ?? refuse);
      const listener = await listen(first, {
        onConnection: (socket) => guard.admit(socket) && take(socket),
        onRefused: (error) => guard.onRefused(error),
      });
      listeners.push(listener);
      for (const address of addresses) urls.set(address, listenAddressUrl(withPortOf(address, listener.address)));
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    urls: options.config.listenAddresses.map((address) => urls.get(address) ?? listenAddressUrl(address)),
    close,
    destroy() {
      for (const door of doors) door.destroy();
    },
  };
}

function placesOf({ config, serve }: EntrancesOptions): readonly Place[] {
  const { web, metrics } = serve;
  const servesWebApart = config.httpListenAddresses.length > 0;
  const clients = { http2: serve.grpc, ...(servesWebApart ? {} : { http1: web.http1 }) };
  const places = (addresses: readonly ListenAddress[], plain: Protocols, secure: Protocols): readonly Place[] =>
    grouped(addresses).map((group) => ({ addresses: group, plain, secure }));
  return [
    ...places(config.listenAddresses, clients, clients),
    ...places(config.httpListenAddresses, { http1: web.http1 }, web),
    ...places(config.metricsListenAddresses, { http1: metrics.http1 }, metrics),
  ];
}

/** Addresses of one place together. A port of 0 is another one each time. */
function grouped(addresses: readonly ListenAddress[]): readonly (readonly ListenAddress[])[] {
  const groups = new Map<string, ListenAddress[]>();
  addresses.forEach((address, index) => {
    const isAnyPort = address.kind === 'tcp' && address.port === 0;
    const place = isAnyPort ? `any ${index}` : listenAddressText(address);
    groups.set(place, [...(groups.get(place) ?? []), address]);
  });
  return [...groups.values()];
}

/** Undefined: nothing is served over TLS, and what it takes need not be loaded. */
async function doorMaker(options: EntrancesOptions): Promise<((protocols: Protocols) => Door) | undefined> {
  const { config, connections, logger } = options;
  const { tls } = config;
  if (tls === undefined) return undefined;
  const { openTls } = await import('./tls/open-tls.ts');
  const openDoor = openTls(tls, logger);
  return (protocols) =>
    openDoor({
      alpnProtocols: alpnOf(protocols),
      newcomers: connections.newcomers,
      onConnection: (socket) => connections.add(socket, protocols),
    });
}

function alpnOf({ http1 }: Protocols): AlpnProtocols {
  return http1 === undefined ? ['h2'] : ['h2', 'http/1.1'];
}

function withPortOf(address: ListenAddress, bound: ListenAddress): ListenAddress {
  return address.kind === 'tcp' && bound.kind === 'tcp' ? { ...address, port: bound.port } : address;
}

function refuse(socket: Socket): void {
  socket.destroy();
}
