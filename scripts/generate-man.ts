/**
 * Writes the manual page from the options and commands: `npm run generate`. With --check it writes
 * nothing, and fails when the page differs from the one that it would write.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manPage } from './man/man-page.ts';

const path = join(import.meta.dirname, '..', 'man', 'tine.1');
const wanted = manPage();

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, wanted);
} else if (!existsSync(path) || readFileSync(path, 'utf8') !== wanted) {
  console.error('man/tine.1 does not match the options and commands; run: npm run generate');
  process.exitCode = 1;
}
