/** Where a server listens. A TCP port of 0 is any free one. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const EXAMPLE = 'write http://127.0.0.1:2379, host:port or unix:///path';

/**
 * Reads a listen address as etcd (`http://host:port`, `unix://path`) and kine (`host:port`, `tcp://host:port`, `:port`)
 * write it.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      if (rest === '') throw new Error(`"${text}" names no socket file; ${EXAMPLE}`);
      return { kind: 'unix', path: rest };
    case 'http':
    case 'tcp':
      return parseHostAndPort(text, rest.replace(/\/$/, ''));
    case 'https':
    case 'unixs':
      throw new Error(
        `"${text}" asks for TLS, which this version does not serve; use http:// or unix:// behind a TLS proxy`,
      );
    default:
      throw new Error(`"${text}" has the unknown scheme ${scheme}://; ${EXAMPLE}`);
  }
}

function parseHostAndPort(text: string, hostAndPort: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:.%a-z]+)\]|([^:/[\]@\s]*)):(\d+)$/i.exec(hostAndPort);
  if (match === null) throw new Error(`"${text}" is not an address with a port; ${EXAMPLE}`);
  const port = Number(match[3]);
  if (port > 65_535) throw new Error(`"${text}" has a port above 65535`);
  // Go reads `:2379` as every interface.
  const host = match[1] ?? match[2] ?? '';
  return { kind: 'tcp', host: host === '' ? '0.0.0.0' : host, port };
}

/** Several addresses, comma separated, at least one. */
export function parseListenAddresses(text: string): readonly ListenAddress[] {
  const parts = splitList(text);
  if (parts.length === 0) throw new Error(`an address is missing; ${EXAMPLE}`);
  return parts.map(parseListenAddress);
}

/** The parts of a comma-separated list, without blanks around them and without empty ones. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The address as a client writes it: `http://127.0.0.1:2379`, `unix:///run/tine.sock`. */
export function listenAddressUrl(address: ListenAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `http://${hostAndPort(address)}`;
}

/** `127.0.0.1:2379`, `[::1]:2379` or the path of a socket: short, for messages. */
export function listenAddressText(address: ListenAddress): string {
  return address.kind === 'unix' ? address.path : hostAndPort(address);
}

function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
