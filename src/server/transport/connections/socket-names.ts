import type { Socket } from 'node:net';

type Addresses = Partial<Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>>;

/** The client of a socket, as `address:port`. */
export function peerName({ remoteAddress, remotePort }: Addresses): string {
  return nameOf(remoteAddress, remotePort);
}

/** The address of this server to which a client connected, in the same form. */
export function localName({ localAddress, localPort }: Addresses): string {
  return nameOf(localAddress, localPort);
}

function nameOf(address: string | undefined, port: number | undefined): string {
  return `${address ?? 'unix'}:${port ?? ''}`;
}
