import { readFileSync } from 'node:fs';

const fileHeaderBytes = 32;
const frameHeaderBytes = 24;

export interface WalState {
  /** Changes whenever the WAL restarts from its beginning. */
  readonly salt: string;
  readonly commitCount: number;
}

/**
 * The commits in a WAL, read from the file itself: the last frame of each commit carries the size
 * of the database, every other frame carries 0.
 */
export function walState(path: string): WalState {
  const wal = readFileSync(path);
  const pageBytes = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24).toString('hex');
  let commitCount = 0;
  for (let start = fileHeaderBytes; start + frameHeaderBytes <= wal.length; start += frameHeaderBytes + pageBytes) {
    // The bytes behind the newest frame are from before the restart of the WAL.
    if (wal.subarray(start + 8, start + 16).toString('hex') !== salt) break;
    if (wal.readUInt32BE(start + 4) !== 0) commitCount += 1;
  }
  return { salt, commitCount };
}
