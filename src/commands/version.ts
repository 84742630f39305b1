import { options } from '../config/options.ts';
import { tineVersion } from '../version.ts';
import type { Command } from './command.ts';

/** `tine version`: its own, the etcd whose API it speaks, and what it runs on. */
export const version: Command = {
  kind: 'text',
  run: () => {
    const etcd = options['emulated-etcd-version'].default;
    process.stdout.write(`tine ${tineVersion()}\netcd API ${etcd}\nnode ${process.versions.node}\n`);
    return 0;
  },
};
