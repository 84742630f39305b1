import { resolve } from 'node:path';
import { redact } from './redact.ts';

/** Which database, and where. One kind today; the others join this union with their drivers. */
export interface SqliteDsn {
  readonly kind: 'sqlite';
  /** Absolute path of the database file. */
  readonly path: string;
}

export type Dsn = SqliteDsn;

/** The file kine and tine keep by default, in a data directory. */
export const databaseFileName = 'state.db';

/** A database address with what could not be followed in it. */
export interface ParsedDsn {
  readonly dsn: Dsn;
  /** Parameters that have no meaning here, such as the pragmas kine's users write: `_journal`, `cache`. */
  readonly ignoredParameters: readonly string[];
}

/**
 * Reads an endpoint as kine writes it: `sqlite://PATH?parameters`, or a bare path.
 *
 * @throws Error that says what is wrong, without the name of the flag and without a password.
 */
export function parseDsn(text: string): ParsedDsn {
  const [, scheme = 'sqlite', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  const shown = redact(JSON.stringify(text));
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return parseSqlite(rest);
    case 'postgres':
    case 'postgresql':
    case 'mysql':
      throw new Error(`${shown}: this build serves SQLite only; write sqlite:///path/to/state.db`);
    case 'http':
    case 'https':
      throw new Error(`${shown} is an etcd, and tine keeps its data itself; point the client at it directly`);
    default:
      throw new Error(`${shown}: unknown database ${scheme}://; write sqlite:///path/to/state.db`);
  }
}

/** The database in a file. */
export function sqliteDsn(path: string): SqliteDsn {
  return { kind: 'sqlite', path: resolve(path) };
}

function parseSqlite(rest: string): ParsedDsn {
  const question = rest.indexOf('?');
  const path = question < 0 ? rest : rest.slice(0, question);
  if (path === '') throw new Error('the path of the database file is missing; write sqlite:///path/to/state.db');
  if (path === ':memory:') throw new Error('a database in memory would lose every acknowledged write; name a file');
  if (path.startsWith('file:')) throw new Error(`"${path}": write a plain path instead of a file: URI`);
  const parameters = new URLSearchParams(question < 0 ? '' : rest.slice(question + 1));
  return { dsn: sqliteDsn(path), ignoredParameters: [...new Set(parameters.keys())] };
}

/** The address as a user writes it, safe to print: no password. */
export function dsnText(dsn: Dsn): string {
  return `sqlite://${dsn.path}`;
}
