import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout these tests belong to. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where `npm test` keeps the programs it builds to compare tine with. */
export const peersDirectory = join(homedir(), '.cache', 'tine-peers');

/** The tine under test: TINE_TEST_TINE when it is set, as `npm test` does, else the sources of this checkout. */
export function tineProgram(): string {
  return process.env.TINE_TEST_TINE || join(repositoryRoot, 'bin', 'tine');
}

/** The path of a program on PATH, or undefined. */
export function findOnPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
}

/** The reference etcd: TINE_TEST_ETCD when it is set, else the one on PATH (Debian's etcd-server). */
export function etcdProgram(): string {
  return required({ program: 'etcd', override: process.env.TINE_TEST_ETCD, debianPackage: 'etcd-server' });
}

/** TINE_TEST_ETCDCTL when it is set, else the one on PATH (Debian's etcd-client). */
export function etcdctlProgram(): string {
  return required({ program: 'etcdctl', override: process.env.TINE_TEST_ETCDCTL, debianPackage: 'etcd-client' });
}

/** A kine binary: TINE_TEST_KINE, or a cached peer build; undefined where the machine has none. */
export function kineProgram(): string | undefined {
  const override = process.env.TINE_TEST_KINE;
  if (override !== undefined && override !== '') return override;
  const cached = join(peersDirectory, 'kine');
  return existsSync(cached) ? cached : findOnPath('kine');
}

/** Where Postgres's programs are: Debian keeps them off PATH, a folder for each version. The newest one. */
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

/** `mariadbd`, or a program that comes with it. Debian's server is where users' PATH does not lead. */
export function mariadbProgram(program: string): string {
  const path = findMariadbProgram(program);
  if (path === undefined) throw new Error(missing({ program, debianPackage: 'mariadb-server-core' }));
  return path;
}

export function findMariadbProgram(program: string): string | undefined {
  return findOnPath(program) ?? [`/usr/sbin/${program}`].find((path) => existsSync(path));
}

function required(wanted: { program: string; override: string | undefined; debianPackage: string }): string {
  const path = wanted.override || findOnPath(wanted.program);
  if (path === undefined) throw new Error(missing(wanted));
  return path;
}

function missing({ program, debianPackage }: { program: string; debianPackage: string }): string {
  return `${program} is not on this machine: install ${debianPackage} (npm test does so as root)`;
}
