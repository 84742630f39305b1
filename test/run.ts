/**
 * `node test/run.ts [PATTERN...]`: makes sure of the Debian programs the tests talk to, then runs every test file, or those
 * whose path contains one of the patterns. The exit status is 1 when a test failed.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { cpus } from 'node:os';
import { run } from 'node:test';
import { findOnPath, repositoryRoot } from './support/paths.ts';
import { reportTersely } from './support/terse-reporter.ts';

/** Test files at a time: every file runs servers of its own beside itself, so more would only measure the scheduler. */
const fileCountAtOnceMax = 2;

/** The slowest file takes about a minute on two cores; what takes five hangs. */
const fileTimeoutMs = 5 * 60_000;

const debianPackages = [
  { program: 'etcd', name: 'etcd-server', override: 'TINE_TEST_ETCD' },
  { program: 'etcdctl', name: 'etcd-client', override: 'TINE_TEST_ETCDCTL' },
] as const;

installMissingPackages();
await runTests(process.argv.slice(2));

function installMissingPackages(): void {
  const missing = debianPackages.filter(({ program, override }) => !process.env[override] && !findOnPath(program));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  if (process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) {
    const overrides = missing.map(({ override }) => override).join(', ');
    fail(
      `the tests need the Debian packages ${names.join(' and ')} (or the programs' paths in ${overrides}): install them and try again`,
    );
  }
  console.log(`installing ${names.join(' and ')}`);
  aptGet(['update']);
  aptGet(['install', '--yes', '--no-install-recommends', ...names]);
  if (names.includes('etcd-server')) stopInstalledService();
}

function aptGet(commandArguments: readonly string[]): void {
  const { status } = spawnSync('apt-get', ['-qq', ...commandArguments], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) fail(`apt-get ${commandArguments.join(' ')} failed: install the packages by hand and try again`);
}

/** Debian starts etcd at once, on the port `npm start` serves on. The tests need the program alone, and installed it. */
function stopInstalledService(): void {
  if (existsSync('/run/systemd/system')) spawnSync('systemctl', ['disable', '--now', 'etcd']);
  else if (findOnPath('service') !== undefined) spawnSync('service', ['etcd', 'stop']);
}

async function runTests(patterns: readonly string[]): Promise<void> {
  const all = globSync('test/**/*.test.ts', { cwd: repositoryRoot }).sort();
  const files = all.filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
  if (files.length === 0) fail(`no test file matches ${patterns.join(' or ')}`);
  const stream = run({
    cwd: repositoryRoot,
    files: files.map((file) => `${repositoryRoot}/${file}`),
    concurrency: Math.min(fileCountAtOnceMax, cpus().length),
    timeout: fileTimeoutMs,
    // A failed test may leave connections open, which must not keep its file from ending.
    forceExit: true,
  });
  stream.on('test:fail', () => {
    process.exitCode = 1;
  });
  reportTersely(stream);
  stream.resume();
  await once(stream, 'close');
}

function fail(message: string): never {
  console.error(`test: ${message}`);
  process.exit(1);
}
