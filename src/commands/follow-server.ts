import { offlineAccess } from '../drivers/open-offline.ts';
import { isServerUrl } from '../kit/server-url.ts';
import { digestText } from '../transfer/copy/digest.ts';
import type { EtcdClient } from '../transfer/copy/etcd-client.ts';
import { withProgress } from '../transfer/copy/progress.ts';
import type { Comparison, CutOver } from '../transfer/follow/cut-over.ts';
import type { FollowSides, Stopped } from '../transfer/follow/follow.ts';
import type { TransferSides } from './command.ts';
import { listenForStop } from './stop-signal.ts';

/** `tine copy --follow`: until a stop signal, or with --cutover until clients can move. */
export async function followServer(
  sides: TransferSides,
  openServer: (address: string) => Promise<EtcdClient>,
): Promise<number> {
  const { follow } = await import('../transfer/follow/follow.ts');
  const stopSignal = listenForStop();
  const stop = new AbortController();
  void stopSignal.received.then(() => stop.abort());
  try {
    const to = await targetOf(sides, openServer);
    const cutOver = sides.has('cutover');
    const result = await withProgress((progress) =>
      follow({ openSource: () => openServer(sides.from), to }, { cutOver, progress, stop: stop.signal }),
    );
    const isStopped = result.kind === 'stopped';
    process.stdout.write(isStopped ? stoppedText(result, sides) : cutOverText(result, sides));
    return isStopped && cutOver ? 1 : 0;
  } finally {
    stopSignal.dispose();
  }
}

async function targetOf(
  { to, load }: TransferSides,
  openServer: (address: string) => Promise<EtcdClient>,
): Promise<FollowSides['to']> {
  if (isServerUrl(to)) return { kind: 'etcd', open: () => openServer(to) };
  return { kind: 'database', access: await offlineAccess(load('to').config.endpoint) };
}

function stoppedText({ refusesWrites }: Stopped, { from, has }: TransferSides): string {
  if (!has('cutover')) return 'run the same command again to continue, and with --cutover to move the clients\n';
  const begin = 'the cutover is not complete';
  const again = 'run the same command again to complete it';
  if (refusesWrites)
    return `${begin}, and the source refuses writes: ${again}, or let the source accept writes again: ${disarmText(from)}\n`;
  return `${begin}: ${again}. If the source has refused writes since an earlier cutover, this command lets it accept writes again: ${disarmText(from)}\n`;
}

function disarmText(from: string): string {
  return `etcdctl --endpoints ${new URL(from).origin} alarm disarm`;
}

function cutOverText({ revision, keyCount, all, later, refusedMs }: CutOver, { from, to }: TransferSides): string {
  const refused =
    refusedMs === undefined ? '' : `; the source has refused writes for ${(refusedMs / 1000).toFixed(2)} s`;
  return [
    `moved up to revision ${revision}, ${keyCount} keys${refused}`,
    comparisonText('all keys', all),
    comparisonText('keys written since', later),
    isServerUrl(to) ? 'point clients at the target now' : 'start tine on the target now, and point clients at it',
    ...(refusedMs === undefined ? [] : [`to go back to the source instead: ${disarmText(from)}`]),
    '',
  ].join('\n');
}

function comparisonText(what: string, { revision, digest }: Comparison): string {
  return `  revision ${revision}, ${what}: ${digestText(digest)} on both sides`;
}
