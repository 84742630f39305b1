import type { Socket } from 'node:net';
import { type ListenAddress, listenAddressText, listenAddressUrl } from '../../config/listen/listen-address.ts';
import type { ListenTls } from '../../config/listen/listen-tls.ts';
import type { Logger } from '../../logger.ts';
import type { Connections, Protocols } from './connections/connections.ts';
import { DescriptorGuard } from './connections/descriptor-guard.ts';
import { type Listener, listen } from './connections/listener.ts';
import type { AlpnProtocols } from './tls/tls-door.ts';

/** Addresses, and what takes over the connections to them: without TLS, and over it. */
export interface ServedAddresses {
  readonly addresses: readonly ListenAddress[];
  readonly plain: Protocols;
  readonly secure: Protocols;
}

export interface OpenListenersOptions {
  /** With TLS and without it, the same address has one listener: the first byte of a connection tells which it is. */
  readonly served: readonly ServedAddresses[];
  /** Of all addresses that are secure; undefined when none is. */
  readonly tls: ListenTls | undefined;
  readonly connections: Connections;
  readonly logger: Logger;
}

export interface OpenListeners {
  /** Where clients reach the server at an address, with the port that was bound. */
  urlOf(address: ListenAddress): string;
  /** Takes no more connections; those there are stay. */
  close(): void;
  /** Ends connections that are about to be made. */
  destroy(): void;
}

interface Door {
  readonly add: (socket: Socket) => void;
  readonly endOldest: () => boolean;
  readonly destroy: () => void;
}

/**
 * Listens on all addresses.
 *
 * @throws StartError when it cannot
 */
export async function openListeners(options: OpenListenersOptions): Promise<OpenListeners> {
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
    for (const { addresses, plain, secure } of options.served.flatMap(listenedOn)) {
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
    urlOf: (address) => urls.get(address) ?? listenAddressUrl(address),
    close,
    destroy() {
      for (const door of doors) door.destroy();
    },
  };
}

/** The addresses of each listener. A port of 0 is another one each time. */
function listenedOn({ addresses, plain, secure }: ServedAddresses): readonly ServedAddresses[] {
  const groups = new Map<string, ListenAddress[]>();
  addresses.forEach((address, index) => {
    const isAnyPort = address.kind === 'tcp' && address.port === 0;
    const name = isAnyPort ? `any ${index}` : listenAddressText(address);
    groups.set(name, [...(groups.get(name) ?? []), address]);
  });
  return [...groups.values()].map((group) => ({ addresses: group, plain, secure }));
}

/** Undefined: nothing is served over TLS, and what it takes need not be loaded. */
async function doorMaker(options: OpenListenersOptions): Promise<((protocols: Protocols) => Door) | undefined> {
  const { tls, connections, logger } = options;
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
