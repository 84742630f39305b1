/** Files that appear complete on disk, or not at all. Only their owner may read them. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from '../errors.ts';
import { withTemporaryPath } from '../kit/temporary-paths.ts';

/** Bytes between two syncs, so that the last one does not delay the commits of a database. */
const syncBytes = 16 * 1024 * 1024;

/**
 * Writes a file under a temporary name, syncs it, and renames it to the path that `finish` returns,
 * which receives the temporary path. If it throws, no file is left.
 *
 * @throws StartError if another process has begun the same file meanwhile; then that file stays.
 */
export function writeWholeFile(
  part: string,
  chunks: AsyncIterable<Uint8Array>,
  finish: (part: string) => Promise<string>,
): Promise<void> {
  return withTemporaryPath(part, async () => {
    // A file that an earlier run left behind would keep its mode.
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    // The file stays open until it has its name: meanwhile no other file has its number.
    try {
      await writeAll(file, chunks);
      const path = await finish(part);
      if (!(await isAt(part, file)))
        throw new StartError(`${part}: another process writes this file; run one at a time`);
      await rename(part, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      if (await isAt(part, file)) await rm(part, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  });
}

/** Whether an open file still has a path. */
async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  const { dev, ino } = await file.stat();
  return found?.ino === ino && found.dev === dev;
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let unsyncedBytes = 0;
  for await (const chunk of chunks) {
    // The length is read first: the sender may free the memory of a chunk that is written.
    unsyncedBytes += chunk.length;
    await file.writeFile(chunk);
    if (unsyncedBytes < syncBytes) continue;
    await file.datasync();
    unsyncedBytes = 0;
  }
  await file.sync();
}

/** Makes a rename in a directory survive a power cut. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
