import { isIPv6 } from 'node:net';

const CONTROL = /\p{Cc}/u;

/** The parts of `USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?parameters`, percent-decoded. What is absent or empty is undefined. */
export interface DatabaseUrl {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Empty when none is named. */
  readonly hosts: readonly NamedHost[];
  readonly database: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface NamedHost {
  /** Undefined: only a port is named. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** The user with the password, as they stand before the @. */
export type Credentials = Pick<DatabaseUrl, 'user' | 'password'>;

/**
 * Reads what follows `postgres://`. No message repeats a part of the text: which part is the password is not certain
 * when something is wrong.
 *
 * @throws Error that says what is wrong.
 */
export function parseDatabaseUrl(rest: string): DatabaseUrl {
  const [, authority = '', path = '', query = ''] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
  // The last @ ends the password. Behind the hosts it tells of a password that was cut at its / or ?.
  if (rest.slice(authority.length).includes('@')) {
    throw new Error('there is an @ behind the host; in a password write / as %2F and ? as %3F, elsewhere @ as %40');
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
 * The user and password in `USER:PASSWORD`; undefined when nothing stands before the @.
 *
 * @throws Error when a password stands there without a user.
 */
export function parseCredentials(text: string | undefined, decode: (part: string) => string): Credentials {
  if (text === undefined || text === '') return { user: undefined, password: undefined };
  const colon = text.indexOf(':');
  const user = decode(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decode(text.slice(colon + 1));
  if (user === '') throw new Error('the user is empty; write USER:PASSWORD@HOST');
  if (CONTROL.test(user)) throw new Error('the user has a control character; write USER:PASSWORD@HOST');
  return { user, password: password === '' ? undefined : password };
}

/** The addresses in `HOST:PORT,HOST:PORT`; none in an empty text. */
export function parseHosts(text: string): readonly NamedHost[] {
  return text === '' ? [] : text.split(',').map(parseHost);
}

function parseHost(text: string): NamedHost {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]*))(?::([^:]*))?$/s.exec(text);
  if (match === null) {
    throw new Error('an address is not understood; write HOST:PORT, several separated by commas, IPv6 in brackets');
  }
  const [, inBrackets, plain = '', port] = match;
  const host = decodePart(inBrackets ?? plain);
  const isGood = inBrackets === undefined ? /^([\p{L}\p{N}._-]*|\/.*)$/u.test(host) : isIPv6(host);
  if (!isGood) {
    throw new Error('a host has characters that no host has; write USER:PASSWORD@HOST:PORT, IPv6 in brackets');
  }
  return { host: host === '' ? undefined : host, port: port === undefined ? undefined : parsePort(port) };
}

/** @throws Error that does not repeat the text: `postgres://me:secret` has its password where a port belongs. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new Error('a port is not a number from 1 to 65535; write HOST:PORT, and USER:PASSWORD@ before it');
  }
  return port;
}

/** The database that follows the slash; undefined when none does. */
export function parseDatabase(text: string): string | undefined {
  const database = decodePart(text);
  if (database.includes('/') || CONTROL.test(database)) {
    throw new Error('the name of the database has a slash or a control character; write HOST/DATABASE');
  }
  return database === '' ? undefined : database;
}

/** The parameters of `a=b&c=d`, by name. */
export function parseParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!/^[A-Za-z_][\w.-]*$/.test(name))
      throw new Error('a parameter behind the ? is not understood; write NAME=VALUE');
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
