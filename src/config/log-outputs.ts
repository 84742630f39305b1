import { resolve } from 'node:path';
import { splitList } from './listen/listen-address.ts';

/** An output of the log. */
export type LogOutput = { readonly kind: 'stderr' | 'stdout' } | { readonly kind: 'file'; readonly path: string };

/**
 * Reads etcd's `--log-outputs`. The systemd journal receives the standard error of a unit.
 *
 * @throws Error that describes the mistake, without the name of the flag.
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
