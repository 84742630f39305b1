import type { Socket } from 'node:net';
import type { SparseLog } from '../../../kit/sparse-log.ts';
import type { Logger } from '../../../logger.ts';
import type { Turns } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';
import { PendingConnections } from './pending-connections.ts';
import { refusedConnections } from './refused-connections.ts';

/** The start of an HTTP/2 connection. No HTTP/1.1 request line begins like this. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * A client sends its settings with the preface. The state of the HTTP/2 connection is created when
 * the header of the settings frame has arrived.
 */
const frameHeaderBytes = 9;

/** The first byte of a TLS handshake. No HTTP method begins with it. */
const tlsHandshakeByte = 0x16;

/**
 * Functions that take a connection over. The bytes read so far are returned to the socket first. A
 * connection is closed if its protocol is missing here.
 */
export interface Protocols {
  readonly http2?: (socket: Socket) => void;
  readonly http1?: (socket: Socket) => void;
  readonly tls?: (socket: Socket) => void;
}

export interface ConnectionsOptions {
  readonly logger: Logger;
  /** The turns of HTTP/2 connections. */
  readonly turns: Turns;
  /** The turns of HTTP/1.1 connections. */
  readonly webTurns: Turns;
}

const names: Readonly<Record<keyof Protocols, string>> = { http2: 'HTTP/2', http1: 'HTTP/1.1', tls: 'TLS' };

/** Open connections. Each is passed to the handler of the protocol that its first bytes show. */
export class Connections {
  readonly #log: SparseLog;
  /** Handing a connection over takes a turn, because the state of its protocol is created. */
  readonly #turns: Readonly<Record<keyof Protocols, Turns>>;
  readonly #sockets = new Set<Socket>();
  /** Connections of all listeners. */
  readonly pending = new PendingConnections({ countMax: transportLimits.pendingConnectionsMax });
  readonly #securePending = new PendingConnections({ countMax: transportLimits.securePendingConnectionsMax });

  constructor({ logger, turns, webTurns }: ConnectionsOptions) {
    this.#log = refusedConnections(logger);
    this.#turns = { http1: webTurns, http2: turns, tls: turns };
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Counts a connection that a listener has accepted, before it is added or refused. */
  countAccepted(): void {
    this.#turns.http2.countAccepted();
  }

  /** Adds a connection. It is removed when it closes or changes to TLS. */
  add(socket: Socket, protocols: Protocols): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const isSecure = 'encrypted' in socket;
    const pending = isSecure ? this.#securePending : this.pending;
    pending.add(socket, {
      detect: protocolOf,
      take: (protocol, seen) => {
        const takeTurn = () => {
          if (socket.destroyed) return false;
          socket.unshift(seen);
          this.#handOver(socket, protocols, protocol);
          return false;
        };
        const handOver = () => this.#turns[protocol].start({ takeTurn });
        if (protocol !== 'http2' || isSecure) handOver();
        else afterNextPoll(handOver);
      },
    });
  }

  /**
   * Closes the connection that has sent nothing for the longest time. Returns whether there was
   * one.
   */
  closePending(): boolean {
    return this.pending.closeOldest() || this.#securePending.closeOldest();
  }

  /** Closes all remaining connections. */
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
 * Runs work after the event loop has polled for events once more. By then a client that closes its
 * connection right after its first bytes is noticed. The state of an HTTP/2 connection, and
 * settings that cannot be sent, would cost as much as everything before. With TLS, the handshake
 * costs more.
 */
function afterNextPoll(work: () => void): void {
  setImmediate(() => setImmediate(work));
}

/** Undefined: more bytes are needed. */
function protocolOf(seen: Buffer): keyof Protocols | undefined {
  if (seen[0] === tlsHandshakeByte) return 'tls';
  const length = Math.min(seen.length, preface.length);
  if (!seen.subarray(0, length).equals(preface.subarray(0, length))) return 'http1';
  return seen.length >= preface.length + frameHeaderBytes ? 'http2' : undefined;
}
