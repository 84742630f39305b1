/**
 * Errors that prevent the use of a SQLite file, as one line for the operator: what is wrong and
 * what to do.
 */
import { statSync } from 'node:fs';
import { isDriverError, StartError } from '../../errors.ts';
import { sqliteCode } from './classify-error.ts';

/**
 * Adds the name of the file to errors of SQLite and the file system. Returns all other errors
 * unchanged.
 */
export function startError(error: unknown, path: string): unknown {
  const code = sqliteCode(error) ?? systemCode(error) ?? busyCode(error);
  return code === undefined ? error : new StartError(`${path}: ${explanation(code, error, path)}`, { cause: error });
}

/** The code of a system error, such as ENOENT. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}

/** The code for a locked file that a database thread reports. */
function busyCode(error: unknown): string | undefined {
  return isDriverError(error, 'busy') ? 'SQLITE_BUSY' : undefined;
}

function explanation(code: string, error: unknown, path: string): string {
  if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'mkdir')
    return 'cannot create its directory; give another path';
  if (code === 'ENOENT') return 'no such file';
  if (code === 'SQLITE_NOTADB') return 'not a SQLite database; give another file, or move this one away';
  if (code.startsWith('SQLITE_CORRUPT'))
    return 'the database is damaged; run `tine check` on it and restore it from a backup';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return 'another program has locked the database; stop it, then try again';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return 'no space is left on the disk; free some space, then try again';
  if (code === 'SQLITE_CANTOPEN' && isDirectory(path)) return 'a directory; name a file in it, such as state.db';
  if (/^SQLITE_(CANTOPEN|READONLY)|^(EACCES|EROFS|EPERM)$/.test(code)) {
    return 'cannot be opened or written; check the permissions of the file and its directory';
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'its directory path contains a file; give another path';
  return error instanceof Error ? error.message : String(error);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
