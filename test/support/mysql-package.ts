/**
 * MySQL's server out of Debian's unstable suite, which alone holds it. Its packages and the libraries they need are unpacked into a cache folder and run there by their own
 * loader. Nothing is installed, and the sources of the machine's packages stay as they are.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './paths.ts';

const cacheDirectory = join(homedir(), '.cache', 'tine-test-mysql');
const root = join(cacheDirectory, 'root');

const packageName = 'mysql-server-core';
const defaultMirror = 'http://deb.debian.org/debian';
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];

/** 17 MB of lists and 60 MB of packages. */
const downloadTimeoutMs = 10 * 60_000;

/** Perl's modules, documentation and translations: a third of what is unpacked, and nothing that the server reads. */
const needless = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/perl', 'usr/lib/*/perl*'];

const instead = 'name a running one in TINE_TEST_MYSQL_URL, or leave it out with TINE_TEST_DRIVERS';

const runFile = promisify(execFile);

export function mysqlIsHere(): boolean {
  return existsSync(root);
}

/** The command that runs `mysqld`, its first arguments included. */
export function mysqldCommand(): readonly string[] {
  if (!mysqlIsHere()) throw new Error(`MySQL is not on this machine: npm test unpacks it into ${root}`);
  const libraries = globSync(join(root, 'usr/lib/*-linux-gnu'));
  const [loader] = globSync([join(root, 'usr/lib64/ld-linux-*.so.*'), join(root, 'usr/lib/ld-linux-*.so.*')]);
  if (loader === undefined) throw new Error(`${root} has no loader; remove the folder and try again`);
  return [
    loader,
    '--library-path',
    libraries.join(':'),
    join(root, 'usr/sbin/mysqld'),
    '--no-defaults',
    `--basedir=${join(root, 'usr')}`,
    `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    `--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`,
    `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
  ];
}

/**
 * Unpacks MySQL unless it is here. Several test runs may do so at once: one of them wins.
 *
 * @throws Error of one line that says what to do where it cannot be had.
 */
export async function provideMysql(signal: AbortSignal): Promise<void> {
  if (mysqlIsHere()) return;
  const missing = ['apt-get', 'dpkg-deb'].filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0) {
    throw new Error(`tests run on MySQL, which comes from Debian with ${missing.join(' and ')}: ${instead}`);
  }
  console.log(`test: unpacking ${packageName} of Debian's unstable suite into ${root}`);
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, 'unpacking-'));
  try {
    await unpack(directory, signal);
    keep(join(directory, 'root'));
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr || message).trim().split('\n').at(-1);
    throw new Error(`${packageName} cannot be unpacked: ${instead} (${reason})`, { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function unpack(directory: string, signal: AbortSignal): Promise<void> {
  const environment = { ...process.env, APT_CONFIG: await writeAptSettings(directory), LC_ALL: 'C' };
  const aptGet = (...commandArguments: readonly string[]) =>
    runFile('apt-get', ['-qq', ...commandArguments], { env: environment, timeout: downloadTimeoutMs, signal });
  await aptGet('update');
  await aptGet('install', '--download-only', '--yes', '--no-install-recommends', packageName);
  const target = join(directory, 'root');
  for (const archive of globSync(join(directory, 'cache/archives/*.deb')))
    await runFile('dpkg-deb', ['-x', archive, target], { signal });
  for (const path of globSync(needless.map((pattern) => join(target, pattern))))
    rmSync(path, { recursive: true, force: true });
}

/** A world of its own for apt, in which nothing is installed: all that MySQL needs is downloaded. The path of its settings. */
async function writeAptSettings(directory: string): Promise<string> {
  const keyring = keyrings.find((path) => existsSync(path));
  if (keyring === undefined) throw new Error('install debian-archive-keyring, whose keys sign the packages');
  for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(directory, each), { recursive: true });
  const sources = join(directory, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${await mirror()} sid main\n`);
  const status = join(directory, 'status');
  writeFileSync(status, '');
  const path = join(directory, 'apt.conf');
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State::Lists': join(directory, 'lists'),
    'Dir::State::Status': status,
    'Dir::Cache': join(directory, 'cache'),
    // The folder is this run's alone, and where root's home is, apt's own user may not enter.
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
  };
  writeFileSync(
    path,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );
  return path;
}

/** Where this machine's own packages come from, when that is a mirror of Debian. */
async function mirror(): Promise<string> {
  const filters = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian'];
  const { stdout } = await runFile('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim().split('\n')[0] || defaultMirror;
}

function keep(unpacked: string): void {
  try {
    renameSync(unpacked, root);
  } catch (error) {
    // Another run was quicker.
    if (!mysqlIsHere()) throw error;
  }
}
