/** The index of a WAL as a file (`-shm`), which SQLite creates for its first reader. */
import { linkSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { walPath } from './wal.ts';

export function shmPath(path: string): string {
  return `${path}-shm`;
}

/**
 * Removes the index of a WAL if no process has the database open. A process that opens it meanwhile
 * waits. The index stays if the database is open, or if the file system has no hard links.
 *
 * SQLite itself removes it only after it has copied the WAL into the database. So this takes
 * SQLite's exclusive lock through a second name of the file, which has the same locks and no WAL.
 */
export function removeUnusedShm(path: string): void {
  const link = `${path}-lock-${process.pid}`;
  try {
    linkSync(path, link);
    const lock = new Database(link, { timeout: 0 });
    try {
      lock.pragma('locking_mode = EXCLUSIVE');
      lock.exec('SELECT 1 FROM sqlite_schema');
      rmSync(shmPath(path), { force: true });
    } finally {
      lock.close();
    }
  } catch {
    // The index is harmless: the next process that opens the database writes it again.
  } finally {
    rmSync(link, { force: true });
    rmSync(walPath(link), { force: true });
  }
}
