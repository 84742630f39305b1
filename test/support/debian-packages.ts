import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findOnPath } from './paths.ts';

export interface DebianPackage {
  readonly name: string;
  /** Whether the programs that the tests need are on this machine, from any source. */
  readonly isHere: () => boolean;
  /** The alternative, for the error message if the package cannot be installed. */
  readonly instead: string;
}

/**
 * Prevents Debian's package from creating and starting a Postgres. This is a setting of the
 * package, not of a server.
 */
const postgresDefaults = {
  path: '/etc/postgresql-common/createcluster.d/tine-tests.conf',
  text: 'create_main_cluster = false\n',
};

/**
 * Installs the missing packages, and keeps them from starting servers. Servers that existed before
 * stay as they are.
 *
 * @throws Error of one line where installing is not allowed or fails.
 */
export async function installMissingPackages(packages: readonly DebianPackage[]): Promise<void> {
  const missing = packages.filter(({ isHere }) => !isHere());
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ name }) => name))];
  if (process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) {
    const ways = missing.map(({ instead }) => instead).join(', ');
    throw new Error(`install the Debian packages ${names.join(', ')} and try again, or ${ways}`);
  }
  console.log(`installing ${names.join(', ')}`);
  await aptGet(['update']);
  await withoutNewCluster(() => aptGet(['install', '--yes', '--no-install-recommends', '--no-remove', ...names]));
}

async function aptGet(commandArguments: readonly string[]): Promise<void> {
  const running = spawn('apt-get', ['-qq', ...commandArguments], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const [status] = await once(running, 'exit');
  if (status !== 0) {
    throw new Error(`apt-get ${commandArguments.join(' ')} failed: install the packages by hand and try again`);
  }
}

async function withoutNewCluster(install: () => Promise<void>): Promise<void> {
  const { path, text } = postgresDefaults;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  try {
    await install();
  } finally {
    rmSync(path, { force: true });
  }
}
