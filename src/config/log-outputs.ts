import { resolve } from 'node:path';
import { splitList } from './listen/listen-address.ts';

/** Where lines of the log go. */
export type LogOutput = { readonly kind: 'stderr' | 'stdout' } | { readonly kind: 'file'; readonly path: string };

/**
 * Reads etcd's `--log-outputs`. The journal gets what a unit writes to its standard error.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseLogOutputs(text: string): readonly LogOutput[] {
  const names = splitList(text);
  if (names.length === 0) throw new Error('an output is missing; write stderr, stdout or the path of a file');
  return names.map((name) => {
    switch (name) {
      case 'default':
      case 'stderr':
      case 'systemd/journal':
        return { kind: 'stderr' };
      case 'stdout':
        return { kind: 'stdout' };
      default:
        return { kind: 'file', path: resolve(name) };
    }
  });
}
