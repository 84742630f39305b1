/**
 * `node test/run.ts [PATTERN...]`: checks that the programs that the tests use exist, starts the
 * databases, then runs every test file, or the files whose path contains one of the patterns. The
 * exit status is 1 when a test failed.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { type DebianPackage, installMissingPackages } from './support/debian-packages.ts';
import { mariadb, TINE_DRIVERS } from './support/drivers.ts';
import { findFakeTime } from './support/fake-clock.ts';
import { galeraPackages, provideGaleraScripts } from './support/galera-package.ts';
import { findOnPath, goPrograms, repositoryRoot } from './support/paths.ts';
import { buildPeers, goFor, missingPeers } from './support/peer-programs.ts';
import { isChosen, type Language } from './support/recipe-programs.ts';
import { findStrace } from './support/sync-fault.ts';
import { TerseReport } from './support/terse-reporter.ts';
import { databasesFor, sharedBy, withDatabases } from './support/test-databases.ts';
import { provideTine } from './support/tine-package.ts';
import { chromiumPackages } from './support/ui/chromium.ts';

/**
 * Test files at a time: one more than there are processors, because a file waits for a third of its
 * time (for leases to end, for servers to start). Every file also runs its own servers, so a larger
 * number would only measure the scheduler.
 */
const fileCountAtOnce = Math.min(availableParallelism() + 1, 4);

/**
 * Folders by how long their files take, so that none of the long ones begins last and runs alone.
 */
const slowestFolders = [
  'test/etcdctl/',
  'test/property/',
  'test/linearizability/',
  'test/parity/',
  'test/outages/',
  'test/transfer/',
  'test/durability/',
  'test/snapshot/',
  'test/recipes/',
];

/**
 * The slowest file takes about a minute for each database on two cores; ten minutes mean that it is
 * blocked. These variables request longer runs.
 */
const longRunVariables = [
  'TINE_TEST_ETCDCTL_FORMATS',
  'TINE_TEST_FACTOR',
  'TINE_TEST_KILLS',
  'TINE_TEST_RUNS',
  'TINE_TEST_STEPS',
];
const fileTimeoutMs = (longRunVariables.some(isNamed) ? 120 : 10) * 60_000;

const curlPackage: DebianPackage = {
  name: 'curl',
  isHere: () => findOnPath('curl') !== undefined,
  instead: 'put another curl on PATH',
};

/** Packages that single files need, some only with certain databases. */
const filePackages: readonly (DebianPackage & {
  readonly file: string;
  readonly isWanted: (databases: readonly unknown[]) => boolean;
})[] = [
  {
    name: 'pgbouncer',
    isHere: () => existsSync('/usr/sbin/pgbouncer'),
    instead: 'leave test/durability/pooler.test.ts out',
    file: 'test/durability/pooler.test.ts',
    isWanted: (databases) => databases.length > 0,
  },
  {
    name: 'libfaketime',
    isHere: () => findFakeTime() !== undefined,
    instead: 'leave test/durability/clock.test.ts out',
    file: 'test/durability/clock.test.ts',
    isWanted: () => true,
  },
  {
    name: 'strace',
    isHere: () => findStrace() !== undefined,
    instead: 'leave test/durability/slow-disk.test.ts out',
    file: 'test/durability/slow-disk.test.ts',
    isWanted: () => true,
  },
];

/** Packages for the recipes in other languages that are chosen. */
const recipePackages: readonly (DebianPackage & { readonly file: string; readonly language: Language })[] = [
  {
    name: 'golang-go',
    isHere: () => goPrograms().length > 0,
    instead: 'leave Go out (TINE_TEST_RECIPES=javascript,python)',
    file: 'test/recipes/go.test.ts',
    language: 'go',
  },
  {
    name: 'python3-venv',
    isHere: () => spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0,
    instead: 'leave Python out (TINE_TEST_RECIPES=javascript,go)',
    file: 'test/recipes/python.test.ts',
    language: 'python',
  },
];

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second signal ends the run at once.
  process.once(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    interruption.abort();
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`test: ${error instanceof Error ? error.message : error}`);
  process.exitCode ??= 1;
  // After an error, everything that still runs is aborted.
  interruption.abort();
}

async function main(patterns: readonly string[]): Promise<void> {
  const files = chosenFiles(patterns);
  const peers = missingPeers(files);
  const databases = databasesFor(files);
  const clusterPackages = files.some(isGalera) ? galeraPackages : [];
  const browserPackages = files.some((file) => file.startsWith('test/ui/')) ? chromiumPackages : [];
  const needed = filePackages.filter(({ file, isWanted }) => files.includes(file) && isWanted(databases));
  const recipes = recipePackages.filter(({ file, language }) => files.includes(file) && isChosen(language));
  // The compile cache serves every test file. `bin/tine` keeps its cache in the same place.
  process.env.NODE_COMPILE_CACHE ??= join(repositoryRoot, 'node_modules', '.cache', 'tine');
  provideTine();
  // Before the packages: a Go that is here needs none.
  const go = peers.length === 0 ? undefined : await goFor(peers, interruption.signal);
  // One of the two uses the processors, the other one network and disk.
  await Promise.all([
    go && buildPeers(go, peers, interruption.signal),
    installMissingPackages([
      curlPackage,
      ...recipes,
      ...clusterPackages,
      ...browserPackages,
      ...needed,
      ...databases.flatMap(({ debianPackages }) => debianPackages ?? []),
    ]),
    ...databases.map(({ provide }) => provide?.(interruption.signal)),
  ]);
  // After the packages: one apt at a time.
  if (clusterPackages.length > 0) await provideGaleraScripts();
  await withDatabases(sharedBy(files, databases), () => runTests(files));
}

/** Whether a test file starts a Galera cluster. */
function isGalera(file: string): boolean {
  return file.includes('galera') && TINE_DRIVERS.includes(mariadb);
}

function isNamed(variable: string): boolean {
  return Boolean(process.env[variable]);
}

function chosenFiles(patterns: readonly string[]): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: repositoryRoot }).sort();
  const files = all.filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
  if (files.length === 0) throw new Error(`no test file matches ${patterns.join(' or ')}`);
  return files.toSorted((left, right) => rank(left) - rank(right));
}

function rank(file: string): number {
  const index = slowestFolders.findIndex((folder) => file.startsWith(folder));
  return index === -1 ? slowestFolders.length : index;
}

/** Files that measure other clients during an attack run alone on the machine. */
function needsMachine(file: string): boolean {
  return file.startsWith('test/hostile/');
}

async function runTests(files: readonly string[]): Promise<void> {
  const report = new TerseReport();
  const together = files.filter((file) => !needsMachine(file));
  await runFiles(together, { atOnce: fileCountAtOnce, report });
  await runFiles(files.filter(needsMachine), { atOnce: 1, report });
  report.end();
}

async function runFiles(
  files: readonly string[],
  { atOnce, report }: { readonly atOnce: number; readonly report: TerseReport },
): Promise<void> {
  if (files.length === 0 || interruption.signal.aborted) return;
  const stream = run({
    cwd: repositoryRoot,
    files: files.map((file) => `${repositoryRoot}/${file}`),
    concurrency: atOnce,
    timeout: fileTimeoutMs,
    signal: interruption.signal,
    execArgv: ['--import', import.meta.resolve('./support/end-with-tests.ts')],
  });
  stream.on('test:fail', () => {
    process.exitCode ??= 1;
  });
  report.follow(stream);
  stream.resume();
  await once(stream, 'close');
}
