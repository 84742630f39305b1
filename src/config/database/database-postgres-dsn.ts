import { isIPv6 } from 'node:net';
import { withoutTrailing } from '../../text/without-trailing.ts';
import { boundedConnectTimeoutMs, defaultDatabase } from './database-defaults.ts';
import type { ParsedDsn } from './database-parsed-dsn.ts';
import type { DatabaseHost, RemoteDsn } from './database-remote-dsn.ts';
import { databaseTls, type TlsFiles, type TlsOptions, type TlsRequest } from './database-tls.ts';
import { type DatabaseUrl, type NamedHost, parseDatabaseUrl, parseHosts, parsePort } from './database-url.ts';

const DEFAULT_PORT = 5432;

/** What `postgres://` alone means to kine. */
const KINES_DEFAULT = 'postgres:postgres@localhost/';

/**
 * Reads what follows `postgres://`, by the rules of libpq's URIs, which kine follows: several hosts, unix sockets as
 * `?host=/directory`, a parameter before the part of the address it repeats. `sslmode` is `prefer` when nobody asks for another, as in
 * libpq. Other than there, the user is `postgres` when none is named, not the one who runs the program.
 *
 * @throws Error that says what is wrong, without the password.
 */
export function parsePostgresDsn(rest: string, tlsOptions: TlsOptions): ParsedDsn<RemoteDsn> {
  const url = parseDatabaseUrl(rest === '' || rest === '/' ? KINES_DEFAULT : rest);
  const { parameters } = url;
  refuse(parameters);
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
    (name) => !FOLLOWED.has(name) && !isGranted(name, parameters),
  );
  return { dsn, ignoredParameters };
}

/** A parameter of the client that kine uses. */
const EXEC_MODE = 'default_query_exec_mode';

const FOLLOWED: ReadonlySet<string> = new Set(
  `host port user password dbname connect_timeout sslmode sslrootcert sslcert sslkey ${EXEC_MODE}`.split(' '),
);

/** Parameters that ask for another database than the one tine would open without them, or for what it cannot do. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['search_path', 'is not followed; set it for the user: ALTER ROLE name SET search_path TO schema'],
  ['options', 'is not followed; make its settings those of the user: ALTER ROLE name SET setting TO value'],
  ['hostaddr', 'is not followed; name the address as the host'],
  ['service', 'is not followed; write the address that it stands for'],
  ['sslpassword', 'is not followed; store the key without a passphrase'],
  ['tls', "is MySQL's; write sslmode=verify-full, require, prefer or disable"],
  ['ssl', 'is not followed; write sslmode=verify-full, require, prefer or disable'],
]);

function refuse(parameters: ReadonlyMap<string, string>): void {
  for (const name of parameters.keys()) {
    const reason = REFUSED.get(name);
    if (reason !== undefined) throw new Error(`the parameter ${name} ${reason}`);
  }
}

/** tine uses the host that takes writes, whoever asks for that. */
function isGranted(name: string, parameters: ReadonlyMap<string, string>): boolean {
  return name === 'target_session_attrs' && /^(read-write|primary)$/.test(parameters.get(name) ?? '');
}

function postgresHosts({ hosts, parameters }: DatabaseUrl): readonly DatabaseHost[] {
  const inParameter = given(parameters, 'host');
  // A path and an IPv6 address stand there without brackets.
  const named = inParameter === undefined ? hosts : inParameter.split(',').flatMap(hostOfParameter);
  const ports = given(parameters, 'port')?.split(',').map(parsePort) ?? hosts.map(({ port }) => port);
  if (named.length === 0 || named.some(({ host }) => host === undefined)) {
    throw new Error('no host is named; write postgres://USER:PASSWORD@HOST/DATABASE, or ?host=/var/run/postgresql');
  }
  if (ports.length > 1 && ports.length !== named.length) {
    throw new Error(`${named.length} hosts and ${ports.length} ports are named; give one port, or one for each host`);
  }
  return named.map(({ host = '' }, index) => {
    const port = (ports.length === 1 ? ports[0] : ports[index]) ?? DEFAULT_PORT;
    return host.startsWith('/') ? { socketPath: `${withoutTrailing('/', host)}/.s.PGSQL.${port}` } : { host, port };
  });
}

function hostOfParameter(text: string): readonly NamedHost[] {
  if (text.startsWith('/')) return [{ host: text, port: undefined }];
  const [host] = parseHosts(isIPv6(text) ? `[${text}]` : text);
  if (host?.port !== undefined) throw new Error('the parameter host names a port too; write ?host=HOST&port=PORT');
  return [host ?? { host: undefined, port: undefined }];
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

function tlsRequest(parameters: ReadonlyMap<string, string>): TlsRequest {
  const text = given(parameters, 'sslmode');
  const mode = MODES.find((candidate) => candidate === text);
  if (text !== undefined && mode === undefined) throw new Error(`sslmode is none of ${MODES.join(', ')}`);
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
    // allow tries without TLS first, prefer with: both end with what the server has.
    mode: mode === 'allow' ? 'prefer' : caFile === 'system' ? 'verify-full' : mode,
    modeText: `sslmode=${mode}`,
    strictestText: 'sslmode=verify-full',
    defaultMode: 'prefer',
    files,
    skipVerify: false,
  };
}

const EXEC_MODES = ['cache_statement', 'cache_describe', 'describe_exec', 'exec', 'simple_protocol'];

/** Whoever names another mode than the first wants nothing left in a session between two transactions. */
function preparesStatements(mode: string | undefined): Pick<RemoteDsn, 'preparesStatements'> {
  if (mode === undefined) return {};
  if (!EXEC_MODES.includes(mode)) throw new Error(`${EXEC_MODE} is none of ${EXEC_MODES.join(', ')}`);
  return { preparesStatements: mode === 'cache_statement' ? 'always' : 'never' };
}

/** Zero and less mean no limit to libpq; here the default then holds. */
function connectTimeoutMs(text: string | undefined): number {
  if (text !== undefined && !/^-?\d{1,9}$/.test(text)) {
    throw new Error('connect_timeout is not a whole number of seconds; write for example connect_timeout=5');
  }
  return boundedConnectTimeoutMs('connect_timeout', Number(text ?? 0) * 1000);
}

/** A parameter's value; an empty one counts as none. */
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
