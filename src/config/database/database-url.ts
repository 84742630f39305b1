import { isIPv6 } from 'node:net';

const CONTROL = /\p{Cc}/u;

/**
 * The parts of `USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?parameters`, percent-decoded. Absent and
 * empty parts are undefined.
 */
export interface DatabaseUrl {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Empty: no host is given. */
  readonly hosts: readonly NamedHost[];
  readonly database: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface NamedHost {
  /** Undefined: only a port is given. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** The user and the password before the @. */
export type Credentials = Pick<DatabaseUrl, 'user' | 'password'>;

/**
 * Parses the text after `postgres://`. No message repeats a part of the text, because in a wrong
 * address any part may be the password.
 *
 * @throws Error that describes the mistake.
 */
export function parseDatabaseUrl(rest: string): DatabaseUrl {
  const [, authority = '', path = '', query = ''] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
  // The last @ ends the password. An @ after the hosts means that the password contains a / or ?
  // that cut it.
  if (rest.slice(authority.length).includes('@')) {
    throw new Error('there is an @ after the host; in a password write / as %2F and ? as %3F, elsewhere @ as %40');
  }
  const at = authority.lastIndexOf('@');
  return {
    ...parseCredentials(at < 0 ? undefined : authority.slice(0, at), decodePart),
    hosts: parseHosts(authority.slice(at + 1)),
    database: parseDatabase(path),
    parameters: parseParameters(query),
  };
}

/**
 * Parses `USER:PASSWORD`; undefined if nothing precedes the @.
 *
 * @throws Error when a password is given without a user.
 */
export function parseCredentials(text: string | undefined, decode: (part: string) => string): Credentials {
  if (text === undefined || text === '') return { user: undefined, password: undefined };
  const colon = text.indexOf(':');
  const user = decode(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decode(text.slice(colon + 1));
  if (user === '') throw new Error('the user is empty; write USER:PASSWORD@HOST');
  if (CONTROL.test(user)) throw new Error('the user contains a control character; write USER:PASSWORD@HOST');
  return { user, password: password === '' ? undefined : password };
}

/** Parses `HOST:PORT,HOST:PORT`; an empty text has no hosts. */
export function parseHosts(text: string): readonly NamedHost[] {
  return text === '' ? [] : text.split(',').map(parseHost);
}

function parseHost(text: string): NamedHost {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]*))(?::([^:]*))?$/s.exec(text);
  if (match === null) {
    throw new Error('an address cannot be parsed; write HOST:PORT, several separated by commas, IPv6 in brackets');
  }
  const [, inBrackets, plain = '', port] = match;
  const host = decodePart(inBrackets ?? plain);
  const isGood = inBrackets === undefined ? /^([\p{L}\p{N}._-]*|\/.*)$/u.test(host) : isIPv6(host);
  if (!isGood) {
    throw new Error('a host contains characters that are not allowed; write USER:PASSWORD@HOST:PORT, IPv6 in brackets');
  }
  return { host: host === '' ? undefined : host, port: port === undefined ? undefined : parsePort(port) };
}

/**
 * @throws Error that does not repeat the text: `postgres://me:secret` has its password at the place
 * of a port.
 */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new Error('a port is not a number from 1 to 65535; write HOST:PORT, and USER:PASSWORD@ before it');
  }
  return port;
}

/** The database after the slash; undefined: not given. */
export function parseDatabase(text: string): string | undefined {
  const database = decodePart(text);
  if (database.includes('/') || CONTROL.test(database)) {
    throw new Error('the name of the database contains a slash or a control character; write HOST/DATABASE');
  }
  return database === '' ? undefined : database;
}

/** The parameters of `a=b&c=d`, by name. */
export function parseParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new Error('a parameter after the ? cannot be parsed; write NAME=VALUE');
    if (parameters.has(name)) throw new Error(`the parameter ${name} is given twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new Error('a % is not followed by two hexadecimal digits of a character; write % as %25', { cause });
  }
}

/**
 * Refuses parameters that have no meaning or select something else. `reasons`: the end of the error
 * for each of them.
 */
export function refuseParameters(parameters: ReadonlyMap<string, string>, reasons: ReadonlyMap<string, string>): void {
  for (const name of parameters.keys()) {
    const reason = reasons.get(name);
    if (reason !== undefined) throw new Error(`the parameter ${name} ${reason}`);
  }
}
