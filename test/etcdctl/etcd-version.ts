import { execFileSync } from 'node:child_process';
import { etcdProgram } from '../support/paths.ts';

/** The version of the etcd that is compared with, such as `3.7.3`. */
export function etcdProgramVersion(): string {
  const printed = execFileSync(etcdProgram(), ['--version'], { encoding: 'utf8' });
  const [, version] = /^etcd Version: (\d+\.\d+\.\d+)/m.exec(printed) ?? [];
  if (version === undefined) throw new Error(`${etcdProgram()} --version prints no version`);
  return version;
}
