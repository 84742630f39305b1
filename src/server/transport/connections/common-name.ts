import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * The common name in a verified client certificate. Empty if the certificate has none; undefined if
 * no certificate was verified.
 */
export function commonNameOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const names: string | readonly string[] | undefined = subject?.CN;
  // The last of several names counts, as in Go.
  return (typeof names === 'string' ? names : names?.at(-1)) ?? '';
}
