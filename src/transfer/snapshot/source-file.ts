/**
 * The file of a snapshot argument: the snapshot itself, an etcd data directory, or the db file in
 * one.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileReader } from '../../bbolt/file-reader.ts';
import { StartError } from '../../errors.ts';
import { BackendFile } from './backend-file.ts';
import { lastEntryIndex } from './write-ahead-log.ts';

/**
 * Finds the file. etcd writes its db some time after it has answered: until it stops, the newest
 * writes are in the write-ahead log alone. So a data directory is accepted only as a stopped etcd
 * leaves it.
 *
 * @throws StartError if the file does not exist or cannot be read, or if its write-ahead log has
 * newer entries.
 */
export function sourceFile(path: string): string {
  try {
    return findFile(path);
  } catch (error) {
    throw error instanceof Error && 'syscall' in error
      ? new StartError(`${path}: ${error.message}`, { cause: error })
      : error;
  }
}

function findFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new StartError(`${path}: no such file; give an existing snapshot or data directory`);
  const file = found.isDirectory() ? databaseOf(path) : path;
  const logDirectory = join(dirname(dirname(resolve(file))), 'wal');
  const isInDataDirectory = basename(file) === 'db' && basename(dirname(resolve(file))) === 'snap';
  if (isInDataDirectory && existsSync(logDirectory)) refuseUnstopped(file, logDirectory);
  return file;
}

function databaseOf(directory: string): string {
  const file = join(directory, 'member', 'snap', 'db');
  if (existsSync(file)) return file;
  throw new StartError(
    `${directory}: not an etcd data directory (no member/snap/db); give a snapshot or an etcd data directory`,
  );
}

const advice = 'stop this etcd with SIGTERM, or save a snapshot with etcdctl snapshot save';

function refuseUnstopped(file: string, logDirectory: string): void {
  if (isLocked(file)) throw new StartError(`${file}: an etcd is using it; ${advice}`);
  const inFile = FileReader.use(file, (opened) => new BackendFile(opened).meta().consistentIndex);
  const inLog = lastEntryIndex(logDirectory) ?? 0;
  if (inLog <= inFile) return;
  throw new StartError(
    `${file}: the write-ahead log beside it has ${inLog - inFile} newer entries; start this etcd once more, then ${advice}`,
  );
}

/** Whether etcd holds a lock on its db, if the kernel reports it. */
function isLocked(file: string): boolean {
  try {
    const { ino } = statSync(file);
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => /\bFLOCK\b/.test(line) && line.includes(`:${ino} `));
  } catch {
    return false;
  }
}
