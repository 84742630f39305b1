import { isIPv6 } from 'node:net';
import { withoutTrailing } from '../../kit/without-trailing.ts';
import { boundedConnectTimeoutMs, defaultDatabase } from './database-defaults.ts';
import type { ParsedDsn } from './database-parsed-dsn.ts';
import type { DatabaseHost, RemoteDsn } from './database-remote-dsn.ts';
import { databaseTls, type TlsFiles, type TlsOptions, type TlsRequest } from './database-tls.ts';
import {
  type DatabaseUrl,
  type NamedHost,
  parseDatabaseUrl,
  parseHosts,
  parsePort,
  refuseParameters,
} from './database-url.ts';

const DEFAULT_PORT = 5432;

/** kine's meaning of `postgres://` alone. */
const KINE_DEFAULT = 'postgres:postgres@localhost/';

/**
 * Parses the text after `postgres://` by the rules of libpq's URIs, as kine does: several hosts,
 * unix sockets as `?host=/directory`, and parameters that take precedence over the same part of the
 * address. As in libpq, `sslmode` is `prefer` by default. Unlike in libpq, the default user is
 * `postgres`, not the user who runs the program.
 *
 * @throws Error that describes the mistake, without the password.
 */
export function parsePostgresDsn(rest: string, tlsOptions: TlsOptions): ParsedDsn<RemoteDsn> {
  const url = parseDatabaseUrl(rest === '' || rest === '/' ? KINE_DEFAULT : rest);
  const { parameters } = url;
  refuseParameters(parameters, REFUSED);
  const dsn: RemoteDsn = {
    kind: 'postgres',
    hosts: postgresHosts(url),
    user: given(parameters, 'user') ?? url.user ?? 'postgres',
    password: given(parameters, 'password') ?? url.password,
    database: given(parameters, 'dbname') ?? url.database ?? defaultDatabase,
    tls: databaseTls(tlsRequest(parameters), tlsOptions),
    connectTimeoutMs: connectTimeoutMs(given(parameters, 'connect_timeout')),
    ...preparesStatements(given(parameters, EXEC_MODE)),
  };
  const ignoredParameters = [...parameters.keys()].filter(
    (name) => !FOLLOWED.has(name) && !isImplied(name, parameters),
  );
  return { dsn, ignoredParameters };
}

/** A parameter of the client library that kine uses. */
const EXEC_MODE = 'default_query_exec_mode';

const FOLLOWED: ReadonlySet<string> = new Set(
  `host port user password dbname connect_timeout sslmode sslrootcert sslcert sslkey ${EXEC_MODE}`.split(' '),
);

/**
 * Parameters that select another database than the rest of the address, or features that tine does
 * not have.
 */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['search_path', 'is not supported; set it for the user: ALTER ROLE name SET search_path TO schema'],
  ['options', 'is not supported; set its settings for the user: ALTER ROLE name SET setting TO value'],
  ['hostaddr', 'is not supported; write the address as the host'],
  ['service', 'is not supported; write the address of the service'],
  ['sslpassword', 'is not supported; store the key without a passphrase'],
  ['tls', 'is a parameter of MySQL; write sslmode=verify-full, require, prefer or disable'],
  ['ssl', 'is not supported; write sslmode=verify-full, require, prefer or disable'],
]);

/** Whether tine does what the parameter requests anyway: tine uses the host that accepts writes. */
function isImplied(name: string, parameters: ReadonlyMap<string, string>): boolean {
  return name === 'target_session_attrs' && /^(read-write|primary)$/.test(parameters.get(name) ?? '');
}

function postgresHosts({ hosts, parameters }: DatabaseUrl): readonly DatabaseHost[] {
  const inParameter = given(parameters, 'host');
  // In the parameter, a path and an IPv6 address have no brackets.
  const named = inParameter === undefined ? hosts : inParameter.split(',').flatMap(hostOfParameter);
  const ports = given(parameters, 'port')?.split(',').map(parsePort) ?? hosts.map(({ port }) => port);
  if (named.length === 0 || named.some(({ host }) => host === undefined)) {
    throw new Error('no host is given; write postgres://USER:PASSWORD@HOST/DATABASE, or ?host=/var/run/postgresql');
  }
  if (ports.length > 1 && ports.length !== named.length) {
    throw new Error(`${named.length} hosts and ${ports.length} ports are given; write one port, or one for each host`);
  }
  return named.map(({ host = '' }, index) => {
    const port = (ports.length === 1 ? ports[0] : ports[index]) ?? DEFAULT_PORT;
    return host.startsWith('/') ? { socketPath: `${withoutTrailing('/', host)}/.s.PGSQL.${port}` } : { host, port };
  });
}

function hostOfParameter(text: string): readonly NamedHost[] {
  if (text.startsWith('/')) return [{ host: text, port: undefined }];
  const [host] = parseHosts(isIPv6(text) ? `[${text}]` : text);
  if (host?.port !== undefined) throw new Error('the parameter host contains a port; write ?host=HOST&port=PORT');
  return [host ?? { host: undefined, port: undefined }];
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

function tlsRequest(parameters: ReadonlyMap<string, string>): TlsRequest {
  const text = given(parameters, 'sslmode');
  const mode = MODES.find((candidate) => candidate === text);
  if (text !== undefined && mode === undefined)
    throw new Error(`sslmode has an unsupported value; use one of ${MODES.join(', ')}`);
  const caFile = given(parameters, 'sslrootcert');
  if (caFile === 'system' && mode !== undefined && mode !== 'verify-full') {
    throw new Error(`sslrootcert=system verifies everything; write sslmode=verify-full instead of sslmode=${mode}`);
  }
  const files: TlsFiles = {
    caFile: caFile === 'system' ? undefined : caFile,
    certFile: given(parameters, 'sslcert'),
    keyFile: given(parameters, 'sslkey'),
  };
  return {
    // allow tries without TLS first, prefer with TLS first. Both end with what the server supports.
    mode: mode === 'allow' ? 'prefer' : caFile === 'system' ? 'verify-full' : mode,
    modeText: `sslmode=${mode}`,
    strictestText: 'sslmode=verify-full',
    defaultMode: 'prefer',
    files,
    skipVerify: false,
  };
}

const EXEC_MODES = ['cache_statement', 'cache_describe', 'describe_exec', 'exec', 'simple_protocol'];

/** Modes other than the first one leave nothing in a session between two transactions. */
function preparesStatements(mode: string | undefined): Pick<RemoteDsn, 'preparesStatements'> {
  if (mode === undefined) return {};
  if (!EXEC_MODES.includes(mode))
    throw new Error(`${EXEC_MODE} has an unsupported value; use one of ${EXEC_MODES.join(', ')}`);
  return { preparesStatements: mode === 'cache_statement' ? 'always' : 'never' };
}

/** In libpq, zero or less means no limit; here it means the default. */
function connectTimeoutMs(text: string | undefined): number {
  if (text !== undefined && !/^-?\d{1,9}$/.test(text)) {
    throw new Error('connect_timeout is not a whole number of seconds; write for example connect_timeout=5');
  }
  return boundedConnectTimeoutMs('connect_timeout', Number(text ?? 0) * 1000);
}

/** The value of a parameter. An empty value is not set. */
function given(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const value = parameters.get(name);
  return value === '' ? undefined : value;
}

/** The address as a user writes it, without the password. */
export function postgresDsnText({ hosts, user, database }: RemoteDsn): string {
  const name = `postgres://${encodeURIComponent(user)}@`;
  const path = `/${encodeURIComponent(database)}`;
  const addresses = hosts.map(hostAndPort);
  if (hosts.every(({ socketPath }) => socketPath === undefined)) {
    return name + addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join() + path;
  }
  return `${name}${path}?host=${addresses.map(({ host }) => host).join()}&port=${addresses.map(({ port }) => port).join()}`;
}

function hostAndPort(address: DatabaseHost): { readonly host: string; readonly port: number } {
  if (address.socketPath === undefined) return address;
  const [, host = '', port] = /^(.*)\/\.s\.PGSQL\.(\d+)$/s.exec(address.socketPath) ?? [];
  return { host, port: Number(port) };
}
