import type { Socket } from 'node:net';
import { type ListenAddress, listenAddressText, listenAddressUrl } from '../../config/listen/listen-address.ts';
import type { ListenTls } from '../../config/listen/listen-tls.ts';
import type { Logger } from '../../logger.ts';
import type { Connections, Protocols } from './connections/connections.ts';
import { DescriptorGuard } from './connections/descriptor-guard.ts';
import { type Listener, listen } from './connections/listener.ts';
import type { AlpnProtocols, TlsTerminator } from './tls/tls-terminator.ts';

/** Addresses, and the handlers of their connections: without TLS, and with TLS. */
export interface ServedAddresses {
  readonly addresses: readonly ListenAddress[];
  readonly plain: Protocols;
  readonly secure: Protocols;
}

export interface OpenListenersOptions {
  /**
   * An address has one listener for connections with and without TLS. The first byte of a
   * connection shows which it is.
   */
  readonly served: readonly ServedAddresses[];
  /** The TLS settings of all secure addresses; undefined if there are none. */
  readonly tls: ListenTls | undefined;
  readonly connections: Connections;
  readonly logger: Logger;
}

export interface OpenListeners {
  /** The URL of an address, with the port that was bound. */
  urlOf(address: ListenAddress): string;
  /** Accepts no more connections. Open connections stay open. */
  close(): void;
  /** Closes connections with an unfinished TLS handshake. */
  destroy(): void;
}

/**
 * Listens on all addresses.
 *
 * @throws StartError when an address cannot be used
 */
export async function openListeners(options: OpenListenersOptions): Promise<OpenListeners> {
  const makeTerminator = await loadTls(options);
  const listeners: Listener[] = [];
  const terminators: TlsTerminator[] = [];
  const urls = new Map<ListenAddress, string>();
  const guard = new DescriptorGuard({
    logger: options.logger,
    closePending: () =>
      options.connections.closePending() || terminators.some((terminator) => terminator.closeOldest()),
  });
  const close = (): void => {
    for (const listener of listeners) listener.close();
  };
  try {
    for (const { addresses, plain, secure } of options.served.flatMap(listenedOn)) {
      const [first] = addresses;
      if (first === undefined) continue;
      const terminator = addresses.some(({ isSecure }) => isSecure) ? makeTerminator?.(secure) : undefined;
      if (terminator !== undefined) terminators.push(terminator);
      const { connections } = options;
      const isMixed = addresses.some(({ isSecure }) => !isSecure);
      const tls = terminator && ((socket: Socket) => terminator.add(socket));
      const protocols = tls === undefined ? plain : { ...plain, tls };
      const take = isMixed ? (socket: Socket) => connections.add(socket, protocols) : (tls ?? refuse);
      const listener = await listen(first, {
        onConnection: (socket) => {
          connections.countAccepted();
          if (guard.admit(socket)) take(socket);
        },
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
      for (const terminator of terminators) terminator.destroy();
    },
  };
}

/** The addresses of each listener. Each port of 0 is a different port. */
function listenedOn({ addresses, plain, secure }: ServedAddresses): readonly ServedAddresses[] {
  const groups = new Map<string, ListenAddress[]>();
  addresses.forEach((address, index) => {
    const isAnyPort = address.kind === 'tcp' && address.port === 0;
    const name = isAnyPort ? `any ${index}` : listenAddressText(address);
    groups.set(name, [...(groups.get(name) ?? []), address]);
  });
  return [...groups.values()].map((group) => ({ addresses: group, plain, secure }));
}

/** Loads the TLS code if there is a secure address; otherwise returns undefined. */
async function loadTls(options: OpenListenersOptions): Promise<((protocols: Protocols) => TlsTerminator) | undefined> {
  const { tls, connections, logger } = options;
  if (tls === undefined) return undefined;
  const { openTls } = await import('./tls/open-tls.ts');
  const makeTerminator = openTls(tls, logger);
  return (protocols) =>
    makeTerminator({
      alpnProtocols: alpnOf(protocols),
      pending: connections.pending,
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
