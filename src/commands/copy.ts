import { UsageError } from '../config/usage-error.ts';
import { offlineAccess } from '../drivers/open-offline.ts';
import { isServerUrl } from '../kit/server-url.ts';
import { type CopyReport, copyDatabase } from '../transfer/copy/copy-database.ts';
import { digestText } from '../transfer/copy/digest.ts';
import type { EtcdClient } from '../transfer/copy/etcd-client.ts';
import { type Progress, withProgress } from '../transfer/copy/progress.ts';
import type { Command, TransferSides } from './command.ts';
import { followServer } from './follow-server.ts';

/**
 * `tine copy --from DSN|URL --to DSN`: copies a database, or the data of a running server, into an
 * empty database. With --follow it copies what is written until clients move.
 */
export const copy: Command = {
  kind: 'transfer',
  run: async (sides) => {
    refuseFlags(sides);
    if (sides.has('follow')) return followServer(sides, openServer);
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

function refuseFlags({ from, to, has }: TransferSides): void {
  if (has('cutover') && !has('follow')) throw new UsageError('--cutover needs --follow; give both');
  if (has('follow') && !isServerUrl(from)) {
    throw new UsageError(
      '--from: --follow needs a running server; start tine on this database, and give http://HOST:2379',
    );
  }
  if (isServerUrl(to) && !has('follow')) {
    throw new UsageError('--to: a copy into a running etcd needs --follow; see docs/migration.md');
  }
}

async function runCopy(sides: TransferSides, progress: Progress): Promise<CopyReport> {
  const to = await offlineAccess(sides.load('to').config.endpoint);
  if (!isServerUrl(sides.from)) {
    return copyDatabase(await offlineAccess(sides.load('from').config.endpoint), to, progress);
  }
  const { copyEtcd } = await import('../transfer/copy/copy-etcd.ts');
  const client = await openServer(sides.from);
  try {
    return await copyEtcd(client, to, progress);
  } finally {
    client.close();
  }
}

/** Connects with the certificates and the user of etcdctl's variables. */
async function openServer(address: string): Promise<EtcdClient> {
  const { EtcdClient, etcdAccess } = await import('../transfer/copy/etcd-client.ts');
  return EtcdClient.open(address, etcdAccess(process.env));
}
