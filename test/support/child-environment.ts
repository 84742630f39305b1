import { delimiter, dirname } from 'node:path';

/**
 * The environment of a program under test: this process's, without the tests' own variables and the ones that would configure the
 * program, and with the Node that runs the tests first on the path, for `bin/tine` takes the first.
 */
export function childEnvironment(additions: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TINE|ETCD|KINE)_/.test(name));
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return { ...Object.fromEntries(inherited), PATH: path, ...additions };
}
