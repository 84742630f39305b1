/** Measures the file and returns free pages to the file system. */
import type { SqliteDatabase } from '../connection.ts';

/** Pages of one chunk: 256 pages of 4 KiB are moved within some milliseconds. */
const pagesPerChunk = 256;
/**
 * Free pages that are kept, because the next writes use them: the larger one of a quarter of the
 * file and 16 MiB (4 KiB pages).
 */
const freePagesKeptMin = 4_096;

const incremental = 2;

/** The bytes of the database, with the pages in its WAL, and the bytes in use. */
export function sizeOf(database: SqliteDatabase): { bytes: number; inUseBytes: number } {
  const pageBytes = pragma(database, 'page_size');
  const pages = pragma(database, 'page_count');
  return { bytes: pages * pageBytes, inUseBytes: (pages - pragma(database, 'freelist_count')) * pageBytes };
}

/** The result of one chunk of a defragmentation. */
export type Defragmented = { readonly more: boolean } | { readonly obstacle: string };

/** Returns one chunk of free pages to the file system, however few there are. */
export function defragmentChunk(database: SqliteDatabase): Defragmented {
  if (pragma(database, 'freelist_count') > 0) {
    if (pragma(database, 'auto_vacuum') !== incremental) return { obstacle: fixedSize };
    database.pragma(`incremental_vacuum(${pagesPerChunk})`);
    if (pragma(database, 'freelist_count') > 0) return { more: true };
  }
  shrink(database);
  return { more: false };
}

const fixedSize =
  'kine created the file, so it keeps its size: later writes reuse its free pages; to shrink it once, stop tine and run VACUUM with sqlite3';

/**
 * Copies the WAL into the file, which then shrinks. A reader of an older snapshot delays this until
 * the next call.
 */
function shrink(database: SqliteDatabase): void {
  database.pragma('wal_checkpoint(PASSIVE)');
}

/**
 * Returns one chunk of free pages while there are many. A file that kine created cannot shrink this
 * way; later writes reuse its free pages.
 */
export function reclaimChunk(database: SqliteDatabase): { more: boolean } {
  if (!isReclaimable(database)) return { more: false };
  database.pragma(`incremental_vacuum(${pagesPerChunk})`);
  const more = hasSpare(database);
  if (!more) shrink(database);
  return { more };
}

/** Whether `reclaimChunk` would return any pages. */
export function isReclaimable(database: SqliteDatabase): boolean {
  return pragma(database, 'auto_vacuum') === incremental && hasSpare(database);
}

function hasSpare(database: SqliteDatabase): boolean {
  const free = pragma(database, 'freelist_count');
  return free > Math.max(freePagesKeptMin, pragma(database, 'page_count') / 4);
}

function pragma(database: SqliteDatabase, name: string): number {
  return database.pragma(name, { simple: true }) as number;
}
