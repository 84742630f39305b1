/** Who may read a database file: tokens, hashes of passwords and everything clients store are in it. */
import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';

/** Modes of what tine makes, as etcd's. */
export const ownerOnly = { file: 0o600, directory: 0o700 } as const;

const permissionBits = 0o777;
const othersBits = 0o007;
const othersWrite = 0o002;
const stickyBit = 0o1000;

/**
 * Takes from everybody but the owner what an existing database lets others do, such as a file of kine's. A mode that gives others nothing, such as 0640 or 0660, was
 * chosen for the sake of a group and stays.
 */
export function restrictModes(path: string, logger: Logger): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) restrictMode(file, logger);
  warnOfDirectory(dirname(path), logger);
}

function restrictMode(path: string, logger: Logger): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & othersBits) === 0) return;
  const was = octal(mode);
  try {
    chmodSync(path, ownerOnly.file);
    logger.warn({ path, was, mode: octal(ownerOnly.file) }, 'every local user could open the file; its mode is mended');
  } catch (err) {
    logger.warn({ path, mode: was, err }, 'every local user can open the file; its owner has to run chmod 600 on it');
  }
}

/** It may hold other things: its mode is not ours to change. */
function warnOfDirectory(path: string, logger: Logger): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & othersWrite) === 0 || (mode & stickyBit) !== 0) return;
  logger.warn({ path, mode: octal(mode) }, 'every local user can replace files in the directory; run chmod 700 on it');
}

function octal(mode: number): string {
  return (mode & permissionBits).toString(8).padStart(4, '0');
}
