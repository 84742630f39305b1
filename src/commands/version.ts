import { options } from '../config/options.ts';
import { tineVersion } from '../version.ts';
import type { Command } from './command.ts';

/** `tine version`: prints the versions of tine, of the etcd API and of Node. */
export const version: Command = {
  kind: 'text',
  run: () => {
    const etcd = options['emulated-etcd-version'].default;
    process.stdout.write(`tine ${tineVersion()}\netcd API ${etcd}\nnode ${process.versions.node}\n`);
    return 0;
  },
};
