/** Detects that another process has a database open. */
import { readFileSync, statSync } from 'node:fs';

/**
 * Whether a process holds a lock on the file, as SQLite does while a database in WAL mode is open.
 * Reads the locks of the system, because opening and closing the database could change its files.
 * False where the system does not list locks: outside of Linux, or in another container.
 */
export function isLocked(path: string): boolean {
  const { dev, ino } = statSync(path);
  const hex = (number: number): string => number.toString(16).padStart(2, '0');
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return locks().includes(` ${hex(major)}:${hex(minor)}:${ino} `);
}

function locks(): string {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch {
    return '';
  }
}
