/** Measures how long the disk takes to sync a small write. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncTimes } from '../../storage-facts.ts';
import { ownerOnly } from './file-modes.ts';

const writeCount = 20;
/** No further write begins after this time. */
const measureMsMax = 5_000;
/** The size of a page of the database. */
const block = Buffer.alloc(4_096, 1);

/**
 * Creates a test file in a directory, writes and syncs it, and removes it. Like the log of the
 * database, the file is overwritten, not extended. Undefined: the directory accepts no new file.
 */
export async function syncTimes(directory: string): Promise<SyncTimes | undefined> {
  const path = join(directory, `.tine-doctor-${process.pid}`);
  const file = await open(path, 'wx', ownerOnly.file).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return timesOf(await measure(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return undefined;
    throw error;
  } finally {
    await file.close();
    await unlink(path);
  }
}

async function measure(file: FileHandle): Promise<readonly number[]> {
  await file.write(block, 0, block.length, 0);
  await file.sync();
  const times: number[] = [];
  const endMs = performance.now() + measureMsMax;
  while (times.length < writeCount && performance.now() < endMs) {
    const startMs = performance.now();
    await file.write(block, 0, block.length, 0);
    await file.datasync();
    times.push(performance.now() - startMs);
  }
  return times;
}

function timesOf(times: readonly number[]): SyncTimes {
  const sorted = times.toSorted((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, slowestMs: sorted.at(-1) ?? 0 };
}
