import type { Socket } from 'node:net';
import type { Logger } from '../logger.ts';
import type { SparseLog } from '../sparse-log.ts';
import { refusedConnections } from './refused-connections.ts';
import { serverLimits } from './server-limits.ts';

/** How HTTP/2 begins a connection: enough of it to tell it from a request line of HTTP/1.1, none of which starts with `PRI *`. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** The first byte of a TLS handshake. No method of HTTP begins with it. */
const tlsHandshakeByte = 0x16;

/** What takes a connection over. The bytes read so far are given back to the socket first. One that speaks what is missing here is closed. */
export interface Protocols {
  readonly http2?: (socket: Socket) => void;
  readonly http1?: (socket: Socket) => void;
  readonly tls?: (socket: Socket) => void;
}

const names: Readonly<Record<keyof Protocols, string>> = { http2: 'HTTP/2', http1: 'HTTP/1.1', tls: 'TLS' };

/** Open connections, each handed to the protocol that its first bytes speak. */
export class Connections {
  readonly #log: SparseLog;
  readonly #sockets = new Set<Socket>();

  constructor(logger: Logger) {
    this.#log = refusedConnections(logger);
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Takes a connection in. It is forgotten when it closes, or goes on to TLS. */
  add(socket: Socket, protocols: Protocols): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Whoever takes it over listens for itself; until then a reset must not be an unheard error.
    socket.on('error', () => undefined);
    socket.setTimeout(serverLimits.firstBytesTimeoutMs, () => socket.destroy());
    socket.on('readable', onReadable);
    const handOver = (protocol: keyof Protocols) => this.#handOver(socket, protocols, protocol);
    let seen: Buffer = Buffer.alloc(0);

    function onReadable(): void {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const protocol = protocolOf(seen);
      if (protocol === undefined) return;
      socket.removeListener('readable', onReadable);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(seen);
      handOver(protocol);
    }
  }

  /** Ends all that are left. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #handOver(socket: Socket, protocols: Protocols, protocol: keyof Protocols): void {
    const take = protocols[protocol];
    if (take === undefined) {
      const reason = `the client speaks ${names[protocol]}, which is not served at this address`;
      this.#log.write(() => ({ peer: socket.remoteAddress, reason }));
      socket.destroy();
      return;
    }
    if (protocol === 'tls') this.#sockets.delete(socket);
    take(socket);
  }
}

/** Undefined: too early to tell. */
function protocolOf(seen: Buffer): keyof Protocols | undefined {
  if (seen[0] === tlsHandshakeByte) return 'tls';
  const length = Math.min(seen.length, preface.length);
  if (!seen.subarray(0, length).equals(preface.subarray(0, length))) return 'http1';
  return length === preface.length ? 'http2' : undefined;
}
