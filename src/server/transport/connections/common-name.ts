import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The common name in the certificate of a client that was verified; '' when it has none, undefined when nobody was verified. */
export function commonNameOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const names: string | readonly string[] | undefined = subject?.CN;
  // Of several the last counts, as in Go.
  return (typeof names === 'string' ? names : names?.at(-1)) ?? '';
}
