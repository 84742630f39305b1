import type { Socket } from 'node:net';
import type { Logger } from '../../../logger.ts';
import type { SparseLog } from '../../../sparse-log.ts';
import { transportLimits } from '../transport-limits.ts';
import { Newcomers } from './newcomers.ts';
import { refusedConnections } from './refused-connections.ts';

/** How HTTP/2 begins a connection. No request line of HTTP/1.1 starts so. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A client sends its settings with the preface. HTTP/2's state of a connection is made when their header is there. */
const frameHeaderBytes = 9;

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
  /** Of all listeners. */
  readonly newcomers = new Newcomers({ countMax: transportLimits.newcomersMax });
  readonly #secureNewcomers = new Newcomers({ countMax: transportLimits.secureNewcomersMax });

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
    const newcomers = 'encrypted' in socket ? this.#secureNewcomers : this.newcomers;
    newcomers.add(socket, {
      find: protocolOf,
      take: (protocol, seen) => {
        const handOver = () => {
          socket.unshift(seen);
          this.#handOver(socket, protocols, protocol);
        };
        if (protocol !== 'http2') handOver();
        else afterNextPoll(() => socket.destroyed || handOver());
      },
    });
  }

  /** Ends the connection that has been silent for longest; false: there is none. */
  endSilent(): boolean {
    return this.newcomers.endOldest() || this.#secureNewcomers.endOldest();
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

/**
 * When the event loop has looked for events once more. A client that hangs up right after its first bytes is noticed by then: HTTP/2's state of a connection, and
 * settings that cannot be sent, would cost as much as all before.
 */
function afterNextPoll(work: () => void): void {
  setImmediate(() => setImmediate(work));
}

/** Undefined: too early to tell. */
function protocolOf(seen: Buffer): keyof Protocols | undefined {
  if (seen[0] === tlsHandshakeByte) return 'tls';
  const length = Math.min(seen.length, preface.length);
  if (!seen.subarray(0, length).equals(preface.subarray(0, length))) return 'http1';
  return seen.length >= preface.length + frameHeaderBytes ? 'http2' : undefined;
}
