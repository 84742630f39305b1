import { parseGoDuration } from '../go-duration.ts';
import { boundedConnectTimeoutMs, defaultDatabase } from './database-defaults.ts';
import type { ParsedDsn } from './database-parsed-dsn.ts';
import type { DatabaseHost, DatabaseTlsMode, RemoteDsn } from './database-remote-dsn.ts';
import { databaseTls, type TlsOptions, type TlsRequest } from './database-tls.ts';
import {
  type DatabaseUrl,
  type NamedHost,
  parseCredentials,
  parseDatabase,
  parseDatabaseUrl,
  parseHosts,
  parseParameters,
  refuseParameters,
} from './database-url.ts';

const DEFAULT_HOST = { host: '127.0.0.1', port: 3306 } as const satisfies DatabaseHost;
const DEFAULT_SOCKET = '/var/run/mysqld/mysqld.sock';
const EXAMPLE = 'write mysql://USER:PASSWORD@tcp(HOST:3306)/DATABASE or mysql://USER:PASSWORD@unix(/path)/DATABASE';

/**
 * Parses the text after `mysql://` in the form of Go's driver, as kine does:
 * `USER:PASSWORD@tcp(HOST:PORT)/DATABASE`, where the password is not percent-encoded.
 * `USER:PASSWORD@HOST:PORT/DATABASE`, which kine refuses, is parsed as a URL. As in kine, the
 * connection is not encrypted by default.
 *
 * @throws Error that describes the mistake, without the password.
 */
export function parseMysqlDsn(rest: string, tlsOptions: TlsOptions): ParsedDsn<RemoteDsn> {
  const { user, password, hosts, database, parameters } = parseAddress(rest);
  refuseParameters(parameters, REFUSED);
  const dsn: RemoteDsn = {
    kind: 'mysql',
    hosts,
    user: user ?? 'root',
    password,
    database: database ?? defaultDatabase,
    tls: databaseTls(tlsRequest(parameters), tlsOptions),
    connectTimeoutMs: connectTimeoutMs(parameters.get('timeout')),
  };
  return { dsn, ignoredParameters: [...parameters.keys()].filter((name) => name !== 'tls' && name !== 'timeout') };
}

type Address = Omit<DatabaseUrl, 'hosts'> & { readonly hosts: readonly DatabaseHost[] };

function parseAddress(rest: string): Address {
  // Greedy, as in Go's driver: the password extends to the last @ before a network.
  const withNetwork = /^(?:(.*)@)?([a-z0-9]+)\(([^()]*)\)(?:\/([^?]*)(?:\?(.*))?)?$/s.exec(rest);
  if (withNetwork !== null) {
    const [, credentials, network, address = '', database, query] = withNetwork;
    return { ...goParts(credentials, database, query), hosts: networkHosts(network, address) };
  }
  const withoutHost = /^(?:(.*)@)?\/([^/?@]*)(?:\?(.*))?$/s.exec(rest);
  if (withoutHost !== null) {
    const [, credentials, database, query] = withoutHost;
    return { ...goParts(credentials, database, query), hosts: [DEFAULT_HOST] };
  }
  if (rest === '') return { ...goParts(undefined, undefined, undefined), hosts: [{ socketPath: DEFAULT_SOCKET }] };
  const url = parseDatabaseUrl(rest);
  return { ...url, hosts: namedHosts(url.hosts) };
}

function goParts(credentials: string | undefined, database = '', query = ''): Omit<DatabaseUrl, 'hosts'> {
  return {
    ...parseCredentials(credentials, (part) => part),
    database: parseDatabase(database),
    parameters: parseParameters(query),
  };
}

function networkHosts(network: string | undefined, address: string): readonly DatabaseHost[] {
  switch (network) {
    case 'unix':
      if (!address.startsWith('/')) throw new Error(`the path of the unix socket is not absolute; ${EXAMPLE}`);
      return [{ socketPath: address }];
    case 'tcp':
    case 'tcp4':
    case 'tcp6':
      return address === '' ? [DEFAULT_HOST] : namedHosts(parseHosts(address));
    default:
      throw new Error(`the network of the address is neither tcp nor unix; ${EXAMPLE}`);
  }
}

function namedHosts(hosts: readonly NamedHost[]): readonly DatabaseHost[] {
  if (hosts.length === 0) throw new Error(`no host is given; ${EXAMPLE}`);
  return hosts.map(({ host, port = DEFAULT_HOST.port }) => {
    if (host === undefined) throw new Error(`no host is given before a port; ${EXAMPLE}`);
    // In a URL, these would be host names.
    if (host.startsWith('/') || host === 'unix' || host === 'tcp') throw new Error(`no host is given; ${EXAMPLE}`);
    return { host, port };
  });
}

const TLS_WORDS = 'write tls=true, skip-verify, preferred or false';

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['sslmode', `is a parameter of Postgres; ${TLS_WORDS}`],
  ['ssl-mode', `is not supported; ${TLS_WORDS}`],
  ['ssl', `is not supported; ${TLS_WORDS}`],
  ['ssl-ca', 'is not supported; give the file in --datastore-cafile'],
  ['ssl-cert', 'is not supported; give the file in --datastore-certfile'],
  ['ssl-key', 'is not supported; give the file in --datastore-keyfile'],
]);

const MODES: ReadonlyMap<string, DatabaseTlsMode | 'disable' | undefined> = new Map([
  ['', undefined],
  ['true', 'verify-full'],
  ['1', 'verify-full'],
  ['skip-verify', 'require'],
  ['preferred', 'prefer'],
  ['false', 'disable'],
  ['0', 'disable'],
]);

function tlsRequest(parameters: ReadonlyMap<string, string>): TlsRequest {
  const text = (parameters.get('tls') ?? '').toLowerCase();
  if (!MODES.has(text)) {
    throw new Error(`the parameter tls has an unsupported value; ${TLS_WORDS}, and give files in --datastore-cafile`);
  }
  return {
    mode: MODES.get(text),
    modeText: `tls=${text}`,
    strictestText: 'tls=true',
    defaultMode: 'disable',
    files: {},
    skipVerify: text === 'skip-verify',
  };
}

function connectTimeoutMs(text: string | undefined): number {
  const ms = parseGoDuration(text ?? '0');
  if (ms === undefined) throw new Error('timeout is not a duration; write for example timeout=5s');
  return boundedConnectTimeoutMs('timeout', ms);
}

/** The address as a user writes it, without the password. */
export function mysqlDsnText({ hosts, user, database }: RemoteDsn): string {
  const [first] = hosts;
  const network = first?.socketPath === undefined ? `tcp(${hosts.map(hostText).join()})` : `unix(${first.socketPath})`;
  return `mysql://${user}@${network}/${encodeURIComponent(database)}`;
}

function hostText(address: DatabaseHost): string {
  if (address.socketPath !== undefined) return address.socketPath;
  const { host, port } = address;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
