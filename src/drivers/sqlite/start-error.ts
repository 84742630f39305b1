/** What keeps a SQLite file from being used, as one line for a person: what is wrong and what to do. */
import { DriverError, StartError } from '../../errors.ts';
import { sqliteCode } from './classify-error.ts';

/** Tells what SQLite and the file system say with the file's name. What else is thrown is no word about the file, and left as it is. */
export function startError(path: string, error: unknown): unknown {
  const code = sqliteCode(error) ?? systemCode(error) ?? busyCode(error);
  return code === undefined ? error : new StartError(`${path}: ${explanation(code, error)}`, { cause: error });
}

/** ENOENT and its like. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}

/** What a database thread reports of a locked file. */
function busyCode(error: unknown): string | undefined {
  return error instanceof DriverError && error.kind === 'busy' ? 'SQLITE_BUSY' : undefined;
}

function explanation(code: string, error: unknown): string {
  if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'mkdir')
    return 'its directory cannot be made there; name another path';
  if (code === 'ENOENT') return 'no such file';
  if (code === 'SQLITE_NOTADB') return 'not a SQLite database; name another file, or move this one away';
  if (code.startsWith('SQLITE_CORRUPT'))
    return 'the database is damaged; run `tine check` on it and restore it from a backup';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return 'another program has the database open; stop it, then try again';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return 'no space is left on the disk; make room, then try again';
  if (/^SQLITE_(CANTOPEN|READONLY)|^(EACCES|EROFS|EPERM)$/.test(code)) {
    return 'cannot be opened or written; check the permissions of the file and its directory';
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'its directory is not a directory; name another path';
  return error instanceof Error ? error.message : String(error);
}
