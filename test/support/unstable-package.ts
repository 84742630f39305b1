/**
 * Programs that only Debian's unstable suite has. A package and the libraries it needs are unpacked
 * into a cache folder, and run there with their own loader. Nothing is installed, and the package
 * sources of the machine stay as they are.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './paths.ts';

/** 17 MB of lists, and up to 60 MB of packages. */
const downloadTimeoutMs = 10 * 60_000;

const defaultMirror = 'http://deb.debian.org/debian';
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];

/** Perl's modules, documentation and translations, which no server reads. */
const needless = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/perl', 'usr/lib/*/perl*'];

const runFile = promisify(execFile);

/** If root runs the tests, servers run as another user, who cannot enter root's home. */
const cacheDirectory = process.getuid?.() === 0 ? '/var/cache/tine-tests' : join(homedir(), '.cache', 'tine-tests');

/** The folder into which a package is unpacked. It may not exist. */
export function unstableRoot(packageName: string): string {
  return join(cacheDirectory, packageName);
}

/**
 * Unpacks the package unless it is already here. Several test runs may do so at once: one of them
 * wins.
 * @param instead the alternative to the package, for the error
 * @throws Error of one line where it cannot be downloaded.
 */
export async function provideUnstable(packageName: string, instead: string, signal?: AbortSignal): Promise<void> {
  const root = unstableRoot(packageName);
  if (existsSync(root)) return;
  const missing = ['apt-get', 'dpkg-deb'].filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0)
    throw new Error(`tests need ${packageName} of Debian, and ${missing.join(' and ')} to get it: ${instead}`);
  console.log(`test: unpacking ${packageName} of Debian's unstable suite into ${root}`);
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, 'unpacking-'));
  try {
    await unpack(packageName, directory, signal);
    renameSync(join(directory, 'root'), root);
  } catch (error) {
    // Another run may have been faster.
    if (existsSync(root)) return;
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr || message).trim().split('\n').at(-1);
    throw new Error(`${packageName} cannot be unpacked: ${instead} (${reason})`, { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The command that runs a program of an unpacked package, such as `usr/sbin/mysqld`: the package's
 * loader first.
 */
export function unstableCommand(packageName: string, program: string): readonly string[] {
  const root = unstableRoot(packageName);
  if (!existsSync(root)) throw new Error(`${packageName} is not on this machine: npm test unpacks it into ${root}`);
  const [loader] = globSync([join(root, 'usr/lib64/ld-linux-*.so.*'), join(root, 'usr/lib/ld-linux-*.so.*')]);
  if (loader === undefined) throw new Error(`${root} has no loader; remove the folder and try again`);
  const libraries = globSync([join(root, 'usr/lib/*-linux-gnu'), join(root, 'usr/lib/*-linux-gnu/systemd')]);
  return [loader, '--library-path', libraries.join(':'), join(root, program)];
}

async function unpack(packageName: string, directory: string, signal: AbortSignal | undefined): Promise<void> {
  const environment = { ...process.env, APT_CONFIG: await writeAptSettings(directory), LC_ALL: 'C' };
  const stop = signal === undefined ? {} : { signal };
  const aptGet = (...commandArguments: readonly string[]) =>
    runFile('apt-get', ['-qq', ...commandArguments], { env: environment, timeout: downloadTimeoutMs, ...stop });
  await aptGet('update');
  await aptGet('install', '--download-only', '--yes', '--no-install-recommends', packageName);
  const target = join(directory, 'root');
  for (const archive of globSync(join(directory, 'cache/archives/*.deb')))
    await runFile('dpkg-deb', ['-x', archive, target], stop);
  for (const path of globSync(needless.map((pattern) => join(target, pattern))))
    rmSync(path, { recursive: true, force: true });
}

/**
 * Separate state for apt in which no package is installed, so that it downloads all dependencies.
 * Returns the path of its configuration.
 */
async function writeAptSettings(directory: string): Promise<string> {
  const keyring = keyrings.find((path) => existsSync(path));
  if (keyring === undefined) throw new Error('install debian-archive-keyring, whose keys sign the packages');
  for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(directory, each), { recursive: true });
  writeFileSync(join(directory, 'sources.list'), `deb [signed-by=${keyring}] ${await mirror()} sid main\n`);
  writeFileSync(join(directory, 'status'), '');
  const settings = {
    'Dir::Etc::SourceList': join(directory, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State::Lists': join(directory, 'lists'),
    'Dir::State::Status': join(directory, 'status'),
    'Dir::Cache': join(directory, 'cache'),
    // The folder belongs to this run, and apt's own user cannot enter root's home.
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
  };
  const path = join(directory, 'apt.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(path, lines.join(''));
  return path;
}

/** The source of this machine's own packages, if it is a mirror of Debian. */
async function mirror(): Promise<string> {
  const filters = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian'];
  const found = await runFile('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters]).catch(
    () => undefined,
  );
  return found?.stdout.trim().split('\n')[0] || defaultMirror;
}
