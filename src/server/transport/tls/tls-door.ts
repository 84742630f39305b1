import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import type { Logger } from '../../../logger.ts';
import type { SparseLog } from '../../../sparse-log.ts';
import type { Newcomers } from '../connections/newcomers.ts';
import { refusedConnections } from '../connections/refused-connections.ts';
import { transportLimits } from '../transport-limits.ts';
import { clientCertificateFault } from './client-certificate.ts';
import { beginsHandshake } from './client-hello.ts';
import type { Credentials, LoadedCredentials } from './credentials.ts';
import { Handshakes } from './handshakes.ts';

/** HTTP/2 is preferred, as in etcd. */
export type AlpnProtocols = readonly ['h2', 'http/1.1'] | readonly ['h2'];

export interface TlsDoorOptions {
  readonly tls: ListenTls;
  readonly credentials: Credentials;
  readonly alpnProtocols: AlpnProtocols;
  readonly logger: Logger;
  /** Where connections wait until the first record has arrived. */
  readonly newcomers: Newcomers;
  /** Takes over a connection whose handshake is done and whose certificate, if one is asked for, is good. */
  readonly onConnection: (socket: TLSSocket) => void;
}

/** Turns connections into encrypted ones. */
export class TlsDoor {
  readonly #options: TlsDoorOptions;
  readonly #server: Server;
  readonly #handshakes = new Handshakes((socket) => {
    this.#useChangedFiles();
    this.#server.emit('connection', socket);
  });
  readonly #log: SparseLog;
  /** Asked of a socket when it is gone, it no longer knows. */
  readonly #peers = new WeakMap<Socket, string | undefined>();
  #loaded: LoadedCredentials;

  constructor(options: TlsDoorOptions) {
    const { tls, credentials, alpnProtocols } = options;
    this.#options = options;
    this.#log = refusedConnections(options.logger);
    this.#loaded = credentials.current();
    this.#server = createServer({
      ...secureContextOptions(tls, this.#loaded),
      ALPNProtocols: [...alpnProtocols],
      handshakeTimeout: transportLimits.handshakeTimeoutMs,
      requestCert: tls.clients !== undefined,
      rejectUnauthorized: true,
    });
    this.#server.on('secureConnection', (socket) => this.#onSecure(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#onFailure(error, socket));
  }

  /** Takes in a connection that is about to begin its handshake. It gets nothing of TLS before its first record is there. */
  add(socket: Socket): void {
    this.#peers.set(socket, socket.remoteAddress);
    this.#options.newcomers.add(socket, {
      find: (seen) => (beginsHandshake(seen) ? 'handshake' : undefined),
      take: (_found, seen) => this.#handshakes.add(socket, seen),
    });
  }

  /** Ends the handshake that has waited longest for its client; false: there is none. */
  endOldest(): boolean {
    return this.#handshakes.endOldest();
  }

  /** Ends the handshakes that are under way. */
  destroy(): void {
    this.#handshakes.destroy();
  }

  #useChangedFiles(): void {
    const { tls, credentials } = this.#options;
    const loaded = credentials.current();
    if (loaded === this.#loaded) return;
    this.#loaded = loaded;
    // Its sessions cannot be taken up again: who was signed by an authority that is gone begins anew.
    this.#server.setSecureContext(secureContextOptions(tls, loaded));
  }

  #onSecure(socket: TLSSocket): void {
    this.#handshakes.done(rawSocketOf(socket));
    const { tls, onConnection } = this.#options;
    const fault = tls.clients && clientCertificateFault(socket, tls.clients, this.#loaded.revoked);
    if (fault === undefined) {
      onConnection(socket);
      return;
    }
    this.#refuse(socket, fault);
    socket.destroy();
  }

  #onFailure(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    this.#handshakes.done(rawSocketOf(socket));
    // A client that hung up, or was never heard of, is no news: scans and health checks of ports do.
    if (error.code !== 'ECONNRESET' || socket.authorizationError) this.#refuse(socket, reasonOf(error, socket));
    socket.destroy();
  }

  #refuse(socket: TLSSocket, reason: string): void {
    this.#log.write(() => ({ peer: this.#peers.get(rawSocketOf(socket)), reason }));
  }
}

function secureContextOptions(tls: ListenTls, loaded: LoadedCredentials): SecureContextOptions {
  return {
    cert: loaded.cert,
    key: loaded.key,
    ...(loaded.authorities === undefined ? {} : { ca: [...loaded.authorities] }),
    ciphers: tls.ciphers,
    honorCipherOrder: true,
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
  };
}

/** The connection below an encrypted one, as node has kept it since it has TLS: nothing it documents leads there. */
function rawSocketOf(socket: TLSSocket): Socket {
  return (socket as TLSSocket & { readonly _parent: Socket })._parent;
}

/** Why a handshake failed, in a few words: OpenSSL's own have addresses of memory and file names of its sources. */
function reasonOf(error: NodeJS.ErrnoException & { readonly reason?: string }, socket: TLSSocket): string {
  // Node names the fault of a certificate by its code here, whatever the type says.
  const { authorizationError } = socket as { readonly authorizationError?: unknown };
  if (typeof authorizationError === 'string') return authorizationError;
  if (error.code === 'ERR_SSL_HTTP_REQUEST') return 'the client speaks HTTP without TLS';
  return error.reason ?? error.code ?? error.message;
}
