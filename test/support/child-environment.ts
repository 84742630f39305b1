import { delimiter, dirname } from 'node:path';

/**
 * The environment of a program under test: this process's environment without the tests' own
 * variables and without the variables that would configure the program. The Node that runs the
 * tests is first on the path, because `bin/tine` takes the first.
 */
export function childEnvironment(additions: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TINE|ETCD|KINE)_/.test(name));
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return { ...Object.fromEntries(inherited), PATH: path, ...additions };
}
