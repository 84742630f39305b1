/** Files that appear complete on disk, or not at all. Only their owner may read them. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes between two syncs, so that the last one does not delay the commits of a database. */
const syncBytes = 16 * 1024 * 1024;

/**
 * Writes a file under a temporary name, syncs it, and renames it to the path that `finish` returns,
 * which receives the temporary path. If it throws, no file is left.
 */
export async function writeWholeFile(
  part: string,
  chunks: AsyncIterable<Uint8Array>,
  finish: (part: string) => Promise<string>,
): Promise<void> {
  // A file that an earlier run left behind would keep its mode.
  await rm(part, { force: true });
  const file = await open(part, 'wx', 0o600);
  try {
    try {
      await writeAll(file, chunks);
    } finally {
      await file.close();
    }
    const path = await finish(part);
    await rename(part, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
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
