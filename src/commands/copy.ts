import { offlineAccess } from '../drivers/open-offline.ts';
import { type CopyReport, copyDatabase } from '../transfer/copy/copy-database.ts';
import { digestText } from '../transfer/copy/digest.ts';
import { type Progress, withProgress } from '../transfer/copy/progress.ts';
import type { Command, TransferSides } from './command.ts';

/**
 * `tine copy --from DSN|URL --to DSN`: copies a database, or the data of a running etcd or kine,
 * into an empty database.
 */
export const copy: Command = {
  kind: 'transfer',
  run: async (sides) => {
    const { source, target, revision } = await withProgress((progress) => runCopy(sides, progress));
    process.stdout.write(
      [
        `copied up to revision ${revision}; later writes to the source are not in the copy`,
        `  source: ${digestText(source)}`,
        `  target: ${digestText(target)}`,
        '',
      ].join('\n'),
    );
    return 0;
  },
};

async function runCopy(sides: TransferSides, progress: Progress): Promise<CopyReport> {
  const to = await offlineAccess(sides.load('to').config.endpoint);
  if (!/^https?:\/\//i.test(sides.from)) {
    return copyDatabase(await offlineAccess(sides.load('from').config.endpoint), to, progress);
  }
  const { EtcdClient, etcdAccess } = await import('../transfer/copy/etcd-client.ts');
  const { copyEtcd } = await import('../transfer/copy/copy-etcd.ts');
  const client = await EtcdClient.open(sides.from, etcdAccess(process.env));
  try {
    return await copyEtcd(client, to, progress);
  } finally {
    client.close();
  }
}
