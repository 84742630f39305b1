/**
 * tine as npm would install it, beside the checkout. A test run starts tine a thousand times: this
 * is the program that users run, and it starts in half the time.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';

/** Its dependencies are found in the checkout's node_modules around it. */
const packageDirectory = join(repositoryRoot, 'node_modules', '.cache', 'tine-package');

/** Builds the package and names it in TINE_TEST_TINE, unless the variable names another program. */
export function provideTine(): void {
  if (process.env.TINE_TEST_TINE) return;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm run build failed:\n${stdout}${stderr}`);
  rmSync(packageDirectory, { recursive: true, force: true });
  mkdirSync(packageDirectory, { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(repositoryRoot, part), join(packageDirectory, part), { recursive: true });
  }
  process.env.TINE_TEST_TINE = join(packageDirectory, 'bin', 'tine');
}
