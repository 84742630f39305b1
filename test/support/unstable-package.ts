/**
 * Programs of Debian's unstable suite, for tests of what no stable release has. A package and the libraries it needs are unpacked into a cache folder, and run there by their
 * own loader. Nothing is installed, and the sources of the machine's packages stay as they are.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** 17 MB of lists, and the packages. */
const downloadTimeoutMs = 10 * 60_000;

const defaultMirror = 'http://deb.debian.org/debian';
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];

const runFile = promisify(execFile);

/** Root's servers run as another user, who may not enter root's home. */
const cacheDirectory = process.getuid?.() === 0 ? '/var/cache/tine-tests' : join(homedir(), '.cache', 'tine-tests');

/**
 * Unpacks the package unless it is here. Several test runs may do so at once: one of them wins.
 *
 * @returns the command that runs one of its programs, `usr/sbin/...`: loader first.
 * @throws Error of one line where it cannot be had.
 */
export async function unstableProgram(packageName: string, program: string): Promise<readonly string[]> {
  const root = join(cacheDirectory, packageName);
  if (!existsSync(root)) await provide(packageName, root);
  const [loader] = globSync([join(root, 'usr/lib64/ld-linux-*.so.*'), join(root, 'usr/lib/ld-linux-*.so.*')]);
  if (loader === undefined) throw new Error(`${root} has no loader; remove the folder and try again`);
  const libraries = globSync([join(root, 'usr/lib/*-linux-gnu'), join(root, 'usr/lib/*-linux-gnu/systemd')]);
  return [loader, '--library-path', libraries.join(':'), join(root, program)];
}

async function provide(packageName: string, root: string): Promise<void> {
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, 'unpacking-'));
  try {
    await unpack(packageName, directory);
    renameSync(join(directory, 'root'), root);
  } catch (error) {
    // Another run may have been quicker.
    if (existsSync(root)) return;
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr || message).trim().split('\n').at(-1);
    throw new Error(`${packageName} of Debian's unstable suite cannot be unpacked: ${reason}`, { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function unpack(packageName: string, directory: string): Promise<void> {
  const environment = { ...process.env, APT_CONFIG: await writeAptSettings(directory), LC_ALL: 'C' };
  const aptGet = (...commandArguments: readonly string[]) =>
    runFile('apt-get', ['-qq', ...commandArguments], { env: environment, timeout: downloadTimeoutMs });
  await aptGet('update');
  await aptGet('install', '--download-only', '--yes', '--no-install-recommends', packageName);
  for (const archive of globSync(join(directory, 'cache/archives/*.deb')))
    await runFile('dpkg-deb', ['-x', archive, join(directory, 'root')]);
}

/** A world of its own for apt, in which nothing is installed: all that the package needs is downloaded. The path of its settings. */
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
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': '',
  };
  const path = join(directory, 'apt.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(path, lines.join(''));
  return path;
}

/** Where this machine's own packages come from, when that is a mirror of Debian. */
async function mirror(): Promise<string> {
  const filters = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian'];
  const found = await runFile('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters]).catch(
    () => undefined,
  );
  return found?.stdout.trim().split('\n')[0] || defaultMirror;
}
