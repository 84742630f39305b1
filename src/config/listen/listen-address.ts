/** An address that the server listens on, with TLS or without. TCP port 0 is any free port. */
export type ListenAddress = { readonly isSecure: boolean } & (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
);

const EXAMPLE = 'write http://127.0.0.1:2379, https://127.0.0.1:2379, host:port or unix:///path';

/**
 * Parses a listen address in the forms of etcd (`http://host:port`, `https://host:port`,
 * `unix://path`, `unixs://path`) and kine (`host:port`, `tcp://host:port`, `:port`).
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return parseSocket(text, rest, { isSecure: false });
    case 'unixs':
      return parseSocket(text, rest, { isSecure: true });
    case 'http':
    case 'tcp':
      return { ...parseHostAndPort(text, rest.replace(/\/$/, '')), isSecure: false };
    case 'https':
      return { ...parseHostAndPort(text, rest.replace(/\/$/, '')), isSecure: true };
    default:
      throw new Error(`"${text}" has the unknown scheme ${scheme}://; ${EXAMPLE}`);
  }
}

function parseSocket(text: string, path: string, { isSecure }: { readonly isSecure: boolean }): ListenAddress {
  if (path === '') throw new Error(`"${text}" contains no path of a socket file; ${EXAMPLE}`);
  return { kind: 'unix', path, isSecure };
}

function parseHostAndPort(text: string, hostAndPort: string): { kind: 'tcp'; host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.%a-z]+)\]|([^:/[\]@\s]*)):(\d+)$/i.exec(hostAndPort);
  if (match === null) throw new Error(`"${text}" is not an address with a port; ${EXAMPLE}`);
  const port = Number(match[3]);
  if (port > 65_535) throw new Error(`"${text}" has a port above 65535`);
  // As in Go, `:2379` means every interface.
  const host = match[1] ?? match[2] ?? '';
  return { kind: 'tcp', host: host === '' ? '0.0.0.0' : host, port };
}

/** Several addresses, separated by commas, at least one. */
export function parseListenAddresses(text: string): readonly ListenAddress[] {
  const parts = splitList(text);
  if (parts.length === 0) throw new Error(`an address is missing; ${EXAMPLE}`);
  return parts.map(parseListenAddress);
}

/** The parts of a comma-separated list, without surrounding blanks and empty parts. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The address as a client writes it: `http://127.0.0.1:2379`, `unixs:///run/tine.sock`. */
export function listenAddressUrl(address: ListenAddress): string {
  const secure = address.isSecure ? 's' : '';
  return address.kind === 'unix' ? `unix${secure}://${address.path}` : `http${secure}://${hostAndPort(address)}`;
}

/** The short form for messages: `127.0.0.1:2379`, `[::1]:2379` or the path of a socket. */
export function listenAddressText(address: ListenAddress): string {
  return address.kind === 'unix' ? address.path : hostAndPort(address);
}

function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
