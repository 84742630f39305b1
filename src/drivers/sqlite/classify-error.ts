/** Classifies SQLite's errors. */
import { DriverError, type DriverErrorKind, isOwnError } from '../../errors.ts';

/**
 * Converts the errors of SQLite and of the file system to `DriverError`. Leaves the errors of the
 * client and of tine unchanged.
 */
export function classifyError(error: unknown): Error {
  if (isOwnError(error)) return error;
  const code = sqliteCode(error);
  if (code === undefined) return systemError(error) ?? (error instanceof Error ? error : new Error(String(error)));
  return new DriverError(kindOf(code), `${code}: ${(error as Error).message}`, { cause: error });
}

/** The failure of a call that tine makes beside SQLite's, for example for the size of the WAL. */
function systemError(error: unknown): DriverError | undefined {
  if (!(error instanceof Error && 'syscall' in error)) return undefined;
  const isFull = 'code' in error && error.code === 'ENOSPC';
  return new DriverError(isFull ? 'full' : 'lost', error.message, { cause: error });
}

/** SQLITE_..., or undefined if the error is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

function kindOf(code: string): DriverErrorKind {
  // PROTOCOL: other processes took the lock of the WAL index a hundred times in a row.
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'busy';
  if (code === 'SQLITE_FULL') return 'full';
  if (code === 'SQLITE_TOOBIG') return 'tooLarge';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'corrupt';
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY'))
    return 'lost';
  return 'other';
}
