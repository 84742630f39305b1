import { spawnSync } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import { etcdProgram } from './paths.ts';

/** How a program of etcd is asked for its version: the server by a flag, its tools by a command. */
export type VersionQuestion = '--version' | 'version';

/** The version that a program of etcd prints of itself, such as `3.7.3`; undefined where it prints none. */
export function printedVersion(program: string, question: VersionQuestion): string | undefined {
  const { stdout } = spawnSync(program, [question], { encoding: 'utf8', env: childEnvironment() });
  const [, version] = /^etcd\w* version: (\d+\.\d+\.\d+)/im.exec(stdout ?? '') ?? [];
  return version;
}

/** The version of the etcd that is compared with. */
export function etcdProgramVersion(): string {
  const version = printedVersion(etcdProgram(), '--version');
  if (version === undefined) throw new Error(`${etcdProgram()} --version prints no version`);
  return version;
}
