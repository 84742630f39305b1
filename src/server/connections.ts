import type { Socket } from 'node:net';
import { serverLimits } from './server-limits.ts';

/** How HTTP/2 begins a connection: enough of it to tell it from a request line of HTTP/1.1, none of which starts with `PRI *`. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** What takes a connection over. The bytes read so far are given back to the socket first. */
export interface Protocols {
  http2(socket: Socket): void;
  http1(socket: Socket): void;
}

/** Open connections, each handed to the protocol that its first bytes speak. */
export class Connections {
  readonly #protocols: Protocols;
  readonly #sockets = new Set<Socket>();

  constructor(protocols: Protocols) {
    this.#protocols = protocols;
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Takes a connection in. It is forgotten when it closes. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Whoever takes it over listens for itself; until then a reset must not be an unheard error.
    socket.on('error', () => undefined);
    socket.setTimeout(serverLimits.firstBytesTimeoutMs, () => socket.destroy());
    socket.on('readable', onReadable);
    const protocols = this.#protocols;
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
      protocols[protocol](socket);
    }
  }

  /** Ends all that are left. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Undefined: too early to tell. */
function protocolOf(seen: Buffer): keyof Protocols | undefined {
  const length = Math.min(seen.length, preface.length);
  if (!seen.subarray(0, length).equals(preface.subarray(0, length))) return 'http1';
  return length === preface.length ? 'http2' : undefined;
}
