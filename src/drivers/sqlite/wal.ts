/** The WAL as a file: as long as it will become before the first commit, and never much longer. */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { limits } from '../../limits.ts';
import type { SqliteDatabase } from './connection.ts';

/** 4 KiB of page and 24 bytes of header for each frame, after the header of the file. */
const wholeBytes = 32 + limits.sqliteCheckpointPages * (24 + 4_096);
const zeros = Buffer.alloc(1024 * 1024);

let batchesUntilCheck = limits.walLookBatches;

/**
 * Gives the WAL the length it reaches between two checkpoints. A commit that overwrites needs no new blocks of the file system and is on disk in half the time of
 * one that appends. SQLite takes frames of zeros for the end of the log, as it does the frames of an earlier round.
 */
export function extendWal(database: SqliteDatabase, path: string): void {
  // Nobody appends while this connection has the right to write.
  database.exec('BEGIN IMMEDIATE');
  try {
    writeZeros(path);
  } finally {
    database.exec('ROLLBACK');
  }
}

/** Where the disk has no room for it, the WAL stays as it was and commits append. */
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
 * Begins the WAL anew when it has grown far beyond the size at which the writer copies it: without a pause between reads SQLite finds no moment to do so by
 * itself. Waits for the readers, which take milliseconds.
 */
export function boundWal(database: SqliteDatabase, path: string): void {
  batchesUntilCheck -= 1;
  if (batchesUntilCheck > 0) return;
  batchesUntilCheck = limits.walLookBatches;
  if (walBytes(path) > limits.walBytesMax) resetWal(database, path);
}

/** Copies the WAL into the database and begins it anew. */
export function resetWal(database: SqliteDatabase, path: string): void {
  checkpointAll(database);
  extendWal(database, path);
}

/** Copies all of the WAL into the database and syncs it; whether nobody kept it from doing so. */
export function checkpointAll(database: SqliteDatabase): boolean {
  const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }];
  return busy === 0;
}

/** How long the WAL of a database's file is. */
export function walBytes(path: string): number {
  return statSync(walPath(path), { throwIfNoEntry: false })?.size ?? 0;
}

export function walPath(path: string): string {
  return `${path}-wal`;
}
