/** Reads the facts about the files of a database and their disk. Does not open the database. */
import { realpathSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileState, FileStorage } from '../../storage-facts.ts';
import { isLocked } from './file-locks.ts';
import { fileSystemOf } from './file-system.ts';
import { shmPath } from './shm.ts';
import { syncTimes } from './sync-times.ts';
import { walPath } from './wal.ts';

/** @throws the error of the file system, if the database does not exist or cannot be reached. */
export async function fileStorage(path: string): Promise<FileStorage> {
  const file = realpathSync(path);
  const companions = [walPath(file), shmPath(file)];
  const states = [file, ...companions].flatMap((each) => stateOf(each) ?? []);
  const directory = dirname(file);
  const { type, bsize, bavail } = statfsSync(directory);
  const isOpen = isLocked(file);
  return {
    kind: 'file',
    files: states,
    directory: { path: directory, bytes: 0, mode: statSync(directory).mode },
    missing: isOpen ? companions.filter((each) => !states.some(({ path: found }) => found === each)) : [],
    fileSystem: fileSystemOf(type),
    freeBytes: bavail * bsize,
    sync: await syncTimes(directory),
  };
}

function stateOf(path: string): FileState | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { path, bytes: found.size, mode: found.mode };
}
