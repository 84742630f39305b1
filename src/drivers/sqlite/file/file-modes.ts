/**
 * Restricts the permissions of a database file. It contains tokens, password hashes and all data of
 * clients.
 */
import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';

/** Modes of the files and directories that tine creates, the same as etcd's. */
export const ownerOnly = { file: 0o600, directory: 0o700 } as const;

const permissionBits = 0o777;
const othersBits = 0o007;
const othersWrite = 0o002;
const stickyBit = 0o1000;

/** Whether every local user may read, write or execute a file of this mode. */
export const isOpenToEveryUser = (mode: number): boolean => (mode & othersBits) !== 0;

/** Whether every local user may replace the files in a directory of this mode. */
export const isReplaceableByEveryUser = (mode: number): boolean =>
  (mode & othersWrite) !== 0 && (mode & stickyBit) === 0;

/**
 * Removes the permissions of other users from an existing database, such as kine's file. A mode
 * that gives other users nothing, such as 0640 or 0660, was chosen for a group and stays.
 */
export function restrictModes(path: string, logger: Logger): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) restrictMode(file, logger);
  warnOfDirectory(dirname(path), logger);
}

function restrictMode(path: string, logger: Logger): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || !isOpenToEveryUser(mode)) return;
  const was = octal(mode);
  try {
    chmodSync(path, ownerOnly.file);
    logger.warn(
      { path, was, mode: octal(ownerOnly.file) },
      'every local user could open the file; restricted its mode',
    );
  } catch (err) {
    logger.warn({ path, mode: was, err }, 'every local user can open the file; its owner must run chmod 600 on it');
  }
}

/** Warns about the directory. It may contain other files, so tine does not change its mode. */
function warnOfDirectory(path: string, logger: Logger): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || !isReplaceableByEveryUser(mode)) return;
  logger.warn({ path, mode: octal(mode) }, 'every local user can replace files in the directory; run chmod 700 on it');
}

export function octal(mode: number): string {
  return (mode & permissionBits).toString(8).padStart(4, '0');
}
