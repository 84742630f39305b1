import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout these tests belong to. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

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
  const cached = join(homedir(), '.cache', 'tine-peers', 'kine');
  return existsSync(cached) ? cached : findOnPath('kine');
}

function required(wanted: { program: string; override: string | undefined; debianPackage: string }): string {
  const path = wanted.override || findOnPath(wanted.program);
  if (path === undefined) {
    throw new Error(
      `${wanted.program} is not on this machine: install ${wanted.debianPackage} (npm test does so as root)`,
    );
  }
  return path;
}
