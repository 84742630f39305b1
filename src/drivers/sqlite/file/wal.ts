/**
 * The WAL as a file. It has its full length before the first commit, and never grows much longer.
 */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { limits } from '../../../limits.ts';
import type { SqliteDatabase } from '../connection.ts';

/** The full length: a header, and for each frame 4 KiB of page and 24 bytes of header. */
const wholeBytes = 32 + limits.sqliteCheckpointPages * (24 + 4_096);
const zeros = Buffer.alloc(1024 * 1024);

let batchesUntilCheck = limits.walLookBatches;
let nextResetMs = Number.NEGATIVE_INFINITY;

/**
 * Extends the WAL to the length that it reaches between two checkpoints. A commit that overwrites
 * needs no new blocks of the file system, and is on disk in half the time of one that appends.
 * SQLite treats frames of zeros as the end of the log, like the frames of an earlier cycle.
 */
export function extendWal(database: SqliteDatabase, path: string): void {
  // No other connection appends while this one has the right to write.
  database.exec('BEGIN IMMEDIATE');
  try {
    writeZeros(path);
  } finally {
    database.exec('ROLLBACK');
  }
}

/**
 * Writes the zeros. If the disk has no space for them, the WAL keeps its length and commits append.
 */
function writeZeros(path: string): void {
  const start = walBytes(path);
  if (start >= wholeBytes) return;
  const file = openSync(walPath(path), 'r+');
  try {
    for (let end = start; end < wholeBytes; ) {
      end += writeSync(file, zeros, 0, Math.min(zeros.length, wholeBytes - end), end);
    }
    fdatasyncSync(file);
  } catch {
    ftruncateSync(file, start);
  } finally {
    closeSync(file);
  }
}

/**
 * Resets the WAL if it has grown far beyond the size at which the writer copies it. Without a pause
 * between reads, SQLite cannot do this by itself. Waits for the readers of this process, which take
 * milliseconds. Another process may read for minutes, for example a backup. All writes wait
 * meanwhile, so the next attempt comes after a pause.
 */
export function boundWal(database: SqliteDatabase, path: string): void {
  batchesUntilCheck -= 1;
  if (batchesUntilCheck > 0) return;
  batchesUntilCheck = limits.walLookBatches;
  if (walBytes(path) <= limits.walBytesMax || performance.now() < nextResetMs) return;
  if (resetWal(database, path, { waitMsMax: limits.walResetWaitMsMax })) return;
  nextResetMs = performance.now() + limits.walResetPauseMs;
}

/**
 * Copies the whole WAL into the database, syncs it, and begins a new WAL of the full length.
 * Returns false if another connection prevented it for `waitMsMax`.
 */
export function resetWal(
  database: SqliteDatabase,
  path: string,
  { waitMsMax }: { readonly waitMsMax: number },
): boolean {
  const isReset = checkpointAll(database, waitMsMax);
  if (isReset) extendWal(database, path);
  return isReset;
}

function checkpointAll(database: SqliteDatabase, waitMsMax: number): boolean {
  const timeoutMs = database.pragma('busy_timeout', { simple: true });
  database.pragma(`busy_timeout = ${waitMsMax}`);
  try {
    const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }];
    return busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${timeoutMs}`);
  }
}

/**
 * The length of the WAL of a database, in bytes.
 *
 * @throws the error of the system.
 */
export function walBytes(path: string): number {
  return statSync(walPath(path), { throwIfNoEntry: false })?.size ?? 0;
}

export function walPath(path: string): string {
  return `${path}-wal`;
}
