import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout of these tests. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder of the programs that `npm test` builds to compare tine with. */
export const peersDirectory = join(homedir(), '.cache', 'tine-peers');

/** The folder into which `npm test` unpacks Go where the machine has none. */
export const providedGoDirectory = join(homedir(), '.cache', 'tine-go');

/** Go itself in that folder. The `bin/go` beside it starts this one through Python. */
export const providedGo = join(providedGoDirectory, 'go', 'bin', 'go');

/**
 * The tine under test: TINE_TEST_TINE when it is set, as `npm test` does, otherwise the sources of
 * this checkout.
 */
export function tineProgram(): string {
  return process.env.TINE_TEST_TINE || join(repositoryRoot, 'bin', 'tine');
}

/** The path of a program on PATH, or undefined. */
export function findOnPath(program: string): string | undefined {
  return allOnPath(program)[0];
}

/**
 * Every Go of this machine, the ones on PATH first. Go's own archive is unpacked where PATH need
 * not lead, and `npm test` unpacks one where there is no other.
 */
export function goPrograms(): readonly string[] {
  return [...allOnPath('go'), '/usr/local/go/bin/go', providedGo].filter((path) => existsSync(path));
}

/** The reference etcd. */
export function etcdProgram(): string {
  return peerProgram('etcd', 'TINE_TEST_ETCD');
}

export function etcdctlProgram(): string {
  return peerProgram('etcdctl', 'TINE_TEST_ETCDCTL');
}

export function etcdutlProgram(): string {
  return peerProgram('etcdutl', 'TINE_TEST_ETCDUTL');
}

/** A server of S3-compatible storage. */
export function versitygwProgram(): string {
  return peerProgram('versitygw', 'TINE_TEST_VERSITYGW');
}

/** A kine binary; undefined where the machine has none. */
export function kineProgram(): string | undefined {
  return findPeer('kine', 'TINE_TEST_KINE');
}

/**
 * The directory of the newest version of Postgres. Debian keeps Postgres's programs off PATH, in a
 * folder for each version.
 */
export function postgresDirectory(): string {
  const directory = findPostgresDirectory();
  if (directory === undefined) throw new Error(missing({ program: 'postgres', debianPackage: 'postgresql' }));
  return directory;
}

export function findPostgresDirectory(): string | undefined {
  const version = (path: string) => Number(path.split('/').at(-3));
  const [newest] = globSync('/usr/lib/postgresql/*/bin/initdb').sort((a, b) => version(b) - version(a));
  const initdb = newest ?? findOnPath('initdb');
  return initdb === undefined ? undefined : dirname(initdb);
}

/**
 * `mariadbd`, or a program that comes with it. Debian installs the server in a folder that is not
 * on a user's PATH.
 */
export function mariadbProgram(program: string): string {
  const path = findMariadbProgram(program);
  if (path === undefined) throw new Error(missing({ program, debianPackage: 'mariadb-server-core' }));
  return path;
}

export function findMariadbProgram(program: string): string | undefined {
  return findOnPath(program) ?? [`/usr/sbin/${program}`].find((path) => existsSync(path));
}

function allOnPath(program: string): readonly string[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .filter((path) => existsSync(path));
}

function peerProgram(program: string, variable: string): string {
  const path = findPeer(program, variable);
  if (path === undefined)
    throw new Error(`${program} is not on this machine: npm test builds it, or name it in ${variable}`);
  return path;
}

/**
 * The program that the variable names, otherwise the one that `npm test` built, otherwise the one
 * on PATH.
 */
function findPeer(program: string, variable: string): string | undefined {
  const built = join(peersDirectory, program);
  return process.env[variable] || (existsSync(built) ? built : findOnPath(program));
}

function missing({ program, debianPackage }: { program: string; debianPackage: string }): string {
  return `${program} is not on this machine: install ${debianPackage} (npm test does so as root)`;
}
