import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * The common name in a verified client certificate. Empty if the certificate has none; undefined if
 * no certificate was verified.
 */
export function commonNameOf(socket: Socket): string | undefined {
  if (!isEncrypted(socket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const names: string | readonly string[] | undefined = subject?.CN;
  // The last of several names counts, as in Go.
  return (typeof names === 'string' ? names : names?.at(-1)) ?? '';
}

/** Without Node's TLS module, which is loaded only to serve TLS. */
function isEncrypted(socket: Socket | TLSSocket): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted;
}
