/** How large the file is, and how it becomes smaller. */
import type { SqliteDatabase } from './connection.ts';

/** Pages given back by one bite: 256 pages of 4 KiB are moved within some milliseconds. */
const pagesPerBite = 256;
/** Free pages worth keeping: the next writes use them. A quarter of the file, or 16 MiB of 4 KiB pages. */
const freePagesKeptMin = 4_096;

const incremental = 2;

/** Bytes of the file and its WAL, and of those that hold something. */
export function sizeOf(database: SqliteDatabase): { bytes: number; inUseBytes: number } {
  const pageBytes = pragma(database, 'page_size');
  const pages = pragma(database, 'page_count');
  return { bytes: pages * pageBytes, inUseBytes: (pages - pragma(database, 'freelist_count')) * pageBytes };
}

/** Gives free pages back to the file system while there are many. A file that kine made cannot shrink so; its free pages are used again. */
export function reclaimBite(database: SqliteDatabase): { more: boolean } {
  if (pragma(database, 'auto_vacuum') !== incremental) return { more: false };
  if (!hasSpare(database)) return { more: false };
  database.pragma(`incremental_vacuum(${pagesPerBite})`);
  const more = hasSpare(database);
  // The file becomes smaller when the WAL is copied into it.
  if (!more) database.pragma('wal_checkpoint(PASSIVE)');
  return { more };
}

function hasSpare(database: SqliteDatabase): boolean {
  const free = pragma(database, 'freelist_count');
  return free > Math.max(freePagesKeptMin, pragma(database, 'page_count') / 4);
}

function pragma(database: SqliteDatabase, name: string): number {
  return database.pragma(name, { simple: true }) as number;
}
