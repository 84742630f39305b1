/** The file that is meant where a snapshot is named: the snapshot itself, an etcd's data directory, or the db file in one. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileReader } from '../../bbolt/file-reader.ts';
import { StartError } from '../../errors.ts';
import { BackendFile } from './backend-file.ts';
import { lastEntryIndex } from './write-ahead-log.ts';

/**
 * etcd writes its db some time after it has answered: what came last is in the write-ahead log alone until it stops. So a data directory counts only as a stopped etcd leaves
 * it.
 *
 * @throws StartError when there is no such file, or its data directory has more.
 */
export function sourceFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new StartError(`${path}: there is no such file`);
  const file = found.isDirectory() ? databaseOf(path) : path;
  const logDirectory = join(dirname(dirname(resolve(file))), 'wal');
  const isInDataDirectory = basename(file) === 'db' && basename(dirname(resolve(file))) === 'snap';
  if (isInDataDirectory && existsSync(logDirectory)) refuseUnstopped(file, logDirectory);
  return file;
}

function databaseOf(directory: string): string {
  const file = join(directory, 'member', 'snap', 'db');
  if (existsSync(file)) return file;
  throw new StartError(`${directory}: it is no data directory of etcd's: member/snap/db is not in it`);
}

const cure = 'stop this etcd with SIGTERM, or take a snapshot of it with etcdctl snapshot save';

function refuseUnstopped(file: string, logDirectory: string): void {
  if (isLocked(file)) throw new StartError(`${file}: an etcd is running on it; ${cure}`);
  const inFile = FileReader.use(file, (opened) => new BackendFile(opened).meta().consistentIndex);
  const inLog = lastEntryIndex(logDirectory) ?? 0;
  if (inLog <= inFile) return;
  throw new StartError(
    `${file}: the write-ahead log beside it goes on for ${inLog - inFile} more; start an etcd on it once again, then ${cure}`,
  );
}

/** Where the kernel tells: etcd holds a lock on its db. */
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
