import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import type { SparseLog } from '../../../kit/sparse-log.ts';
import type { Logger } from '../../../logger.ts';
import type { PendingConnections } from '../connections/pending-connections.ts';
import { refusedConnections } from '../connections/refused-connections.ts';
import { transportLimits } from '../transport-limits.ts';
import { clientCertificateFault } from './client-certificate.ts';
import { beginsHandshake } from './client-hello.ts';
import type { Credentials, LoadedCredentials } from './credentials.ts';
import { Handshakes } from './handshakes.ts';

/** HTTP/2 is preferred, as in etcd. */
export type AlpnProtocols = readonly ['h2', 'http/1.1'] | readonly ['h2'];

export interface TlsTerminatorOptions {
  readonly tls: ListenTls;
  readonly credentials: Credentials;
  readonly alpnProtocols: AlpnProtocols;
  readonly logger: Logger;
  /** Connections whose first record has not arrived yet. */
  readonly pending: PendingConnections;
  /**
   * Takes over a connection after its handshake. If a client certificate is required, it is valid.
   */
  readonly onConnection: (socket: TLSSocket) => void;
}

/** Terminates TLS: makes an encrypted socket of each connection. */
export class TlsTerminator {
  readonly #options: TlsTerminatorOptions;
  readonly #server: Server;
  readonly #handshakes = new Handshakes((socket) => {
    this.#useChangedFiles();
    this.#server.emit('connection', socket);
  });
  readonly #log: SparseLog;
  /** A closed socket no longer has its remote address. */
  readonly #peers = new WeakMap<Socket, string | undefined>();
  #loaded: LoadedCredentials;

  constructor(options: TlsTerminatorOptions) {
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

  /**
   * Adds a connection whose handshake is about to begin. No TLS state is created before its first
   * record has arrived.
   */
  add(socket: Socket): void {
    this.#peers.set(socket, socket.remoteAddress);
    this.#options.pending.add(socket, {
      detect: (seen) => (beginsHandshake(seen) ? 'handshake' : undefined),
      take: (_found, seen) => this.#handshakes.add(socket, seen),
    });
  }

  /**
   * Closes the connection whose handshake has waited longest for its client. Returns whether there
   * was one.
   */
  closeOldest(): boolean {
    return this.#handshakes.closeOldest();
  }

  /** Closes all connections with an unfinished handshake. */
  destroy(): void {
    this.#handshakes.destroy();
  }

  #useChangedFiles(): void {
    const { tls, credentials } = this.#options;
    const loaded = credentials.current();
    if (loaded === this.#loaded) return;
    this.#loaded = loaded;
    // Sessions of the old context cannot be resumed, so a certificate of a removed authority is
    // verified again.
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
    // Port scans and health checks close a connection without a handshake. That is not logged.
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

/**
 * The plain socket below a TLS socket. Node has no documented way to get it, but has had this field
 * since its first TLS.
 */
function rawSocketOf(socket: TLSSocket): Socket {
  return (socket as TLSSocket & { readonly _parent: Socket })._parent;
}

/**
 * The reason of a failed handshake, in a few words. OpenSSL's own messages contain memory addresses
 * and names of source files.
 */
function reasonOf(error: NodeJS.ErrnoException & { readonly reason?: string }, socket: TLSSocket): string {
  // Here Node has the code of a certificate's fault, although the type is another one.
  const { authorizationError } = socket as { readonly authorizationError?: unknown };
  if (typeof authorizationError === 'string') return authorizationError;
  if (error.code === 'ERR_SSL_HTTP_REQUEST') return 'the client speaks HTTP without TLS';
  return error.reason ?? error.code ?? error.message;
}
