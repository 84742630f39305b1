/**
 * The parts of a Galera cluster besides MariaDB: the provider library, and the scripts that copy
 * data to a joining node.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DebianPackage } from './debian-packages.ts';
import { mariadbPackages } from './mariadb-packages.ts';
import { findOnPath } from './paths.ts';

/** The package of the scripts is unpacked and not installed, because it also has a service. */
const scriptsPackage = 'mariadb-server';
const cacheDirectory = join(homedir(), '.cache', 'tine-test-galera');
const scripts = ['wsrep_sst_rsync', 'wsrep_sst_common'].map((name) => join(cacheDirectory, 'usr', 'bin', name));

const instead = 'leave its tests out (npm test -- PATTERN)';

const runFile = promisify(execFile);

export const galeraPackages: readonly DebianPackage[] = [
  ...mariadbPackages(instead),
  { name: 'galera-4', isHere: () => findGaleraLibrary() !== undefined, instead },
  { name: 'rsync', isHere: () => findOnPath('rsync') !== undefined, instead },
  { name: 'iproute2', isHere: () => findOnPath('ss') !== undefined, instead },
];

/** The provider's library. */
export function galeraLibrary(): string {
  const path = findGaleraLibrary();
  if (path === undefined) throw new Error('Galera is not on this machine: install galera-4 (npm test does so as root)');
  return path;
}

/** The scripts that nodes look for on PATH. */
export function galeraScripts(): readonly string[] {
  const missing = scripts.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${missing} is not there: npm test unpacks it out of ${scriptsPackage}`);
  return scripts;
}

/**
 * Unpacks the scripts unless they are already here.
 *
 * @throws Error of one line with the command or setting to use, where the scripts cannot be
 * downloaded.
 */
export async function provideGaleraScripts(): Promise<void> {
  if (scripts.every((path) => existsSync(path))) return;
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, 'unpacking-'));
  try {
    await runFile('apt-get', ['-qq', 'update']);
    await runFile('apt-get', ['-qq', 'download', scriptsPackage], { cwd: directory });
    const [archive = ''] = globSync(join(directory, '*.deb'));
    await runFile('dpkg-deb', ['-x', archive, directory]);
    rmSync(join(cacheDirectory, 'usr'), { recursive: true, force: true });
    renameSync(join(directory, 'usr'), join(cacheDirectory, 'usr'));
  } catch (error) {
    throw new Error(`${scriptsPackage} cannot be unpacked for Galera's scripts: ${instead}`, { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * A library to preload where the kernel refuses to set the scheduling of threads in Galera: its
 * functions always return success.
 *
 * @throws when there is no C compiler.
 */
export async function schedulingLibrary(): Promise<string> {
  const library = join(cacheDirectory, 'scheduling.so');
  if (existsSync(library)) return library;
  const directory = mkdtempSync(join(tmpdir(), 'tine-test-'));
  const source = join(directory, 'scheduling.c');
  const built = join(directory, 'scheduling.so');
  writeFileSync(source, 'int pthread_setschedparam(void) { return 0; }\n');
  try {
    await runFile('cc', ['-shared', '-fPIC', '-o', built, source]);
    await runFile('cp', [built, library]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return library;
}

function findGaleraLibrary(): string | undefined {
  return ['/usr/lib/galera/libgalera_smm.so', '/usr/lib/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'].find(
    (path) => existsSync(path),
  );
}
