/** How large the file is, and how it becomes smaller. */
import type { SqliteDatabase } from './connection.ts';

/** Pages given back by one bite: 256 pages of 4 KiB are moved within some milliseconds. */
const pagesPerChunk = 256;
/** Free pages worth keeping: the next writes use them. A quarter of the file, or 16 MiB of 4 KiB pages. */
const freePagesKeptMin = 4_096;

const incremental = 2;

/** Bytes of the file and its WAL, and of those that hold something. */
export function sizeOf(database: SqliteDatabase): { bytes: number; inUseBytes: number } {
  const pageBytes = pragma(database, 'page_size');
  const pages = pragma(database, 'page_count');
  return { bytes: pages * pageBytes, inUseBytes: (pages - pragma(database, 'freelist_count')) * pageBytes };
}

/** What a task of defragmentation came to. */
export type Defragmented = { readonly more: boolean } | { readonly obstacle: string };

/** Gives free pages back to the file system, whatever number there is. */
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
  'the file was made by kine and keeps its size: what is free in it is used for the next writes; to make it small once, stop tine and run VACUUM with sqlite3';

/** The file becomes smaller when the WAL is copied into it. A reader of an older snapshot keeps it from that until the next time. */
function shrink(database: SqliteDatabase): void {
  database.pragma('wal_checkpoint(PASSIVE)');
}

/** Gives free pages back to the file system while there are many. A file that kine made cannot shrink so; its free pages are used again. */
export function reclaimChunk(database: SqliteDatabase): { more: boolean } {
  if (!isReclaimable(database)) return { more: false };
  database.pragma(`incremental_vacuum(${pagesPerChunk})`);
  const more = hasSpare(database);
  if (!more) shrink(database);
  return { more };
}

/** Whether `reclaimChunk` would give back anything. */
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
