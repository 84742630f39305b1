import { resolve } from 'node:path';
import type { ParsedDsn } from './database-parsed-dsn.ts';

/** A database in a file. */
export interface SqliteDsn {
  readonly kind: 'sqlite';
  /** Absolute path of the database file. */
  readonly path: string;
}

/** The default file of kine and tine in a data directory. */
export const databaseFileName = 'state.db';

/** The address of a database file. */
export function sqliteDsn(path: string): SqliteDsn {
  return { kind: 'sqlite', path: resolve(path) };
}

/**
 * Parses the text after `sqlite://`: a path, and the pragmas for kine after a question mark.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseSqliteDsn(rest: string): ParsedDsn<SqliteDsn> {
  const question = rest.indexOf('?');
  const path = question < 0 ? rest : rest.slice(0, question);
  if (path === '') throw new Error('the path of the database file is missing; write sqlite:///path/to/state.db');
  if (path === ':memory:') throw new Error('a database in memory would lose every acknowledged write; give a file');
  if (path.startsWith('file:')) throw new Error(`"${path}": write a plain path instead of a file: URI`);
  const parameters = new URLSearchParams(question < 0 ? '' : rest.slice(question + 1));
  return { dsn: sqliteDsn(path), ignoredParameters: [...new Set(parameters.keys())] };
}
