import { spawnSync } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import { etcdProgram } from './paths.ts';

/** The argument that prints the version: a flag of the server, a command of its tools. */
export type VersionQuestion = '--version' | 'version';

/** The version that a program of etcd prints, such as `3.7.3`. Undefined where it prints none. */
export function printedVersion(program: string, question: VersionQuestion): string | undefined {
  const { stdout } = spawnSync(program, [question], { encoding: 'utf8', env: childEnvironment() });
  const [, version] = /^etcd\w* version: (\d+\.\d+\.\d+)/im.exec(stdout ?? '') ?? [];
  return version;
}

/** The version of the etcd that tine is compared with. */
export function etcdProgramVersion(): string {
  const version = printedVersion(etcdProgram(), '--version');
  if (version === undefined) throw new Error(`${etcdProgram()} --version prints no version`);
  return version;
}
