import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchDirectory } from './reaper.ts';

/** A new empty directory that is removed after the test process. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tine-test-'));
  watchDirectory(path);
  return path;
}
