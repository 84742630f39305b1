import { FileReader } from '../bbolt/file-reader.ts';
import { UsageError } from '../config/usage-error.ts';
import { offlineAccess } from '../drivers/open-offline.ts';
import { isServerUrl } from '../kit/server-url.ts';
import { progressOn } from '../transfer/copy/progress.ts';
import { inspect, type SnapshotSummary } from '../transfer/snapshot/inspect.ts';
import { restoreSnapshot } from '../transfer/snapshot/restore.ts';
import { saveSnapshot } from '../transfer/snapshot/save.ts';
import { sourceFile } from '../transfer/snapshot/source-file.ts';
import type { Command, OwnArguments } from './command.ts';

/** `tine snapshot save|status|restore FILE`: snapshots in etcd's format. */
export const snapshot: Command = {
  kind: 'own',
  run: async (given) => {
    const [action, path, ...more] = given.operands;
    if (path === undefined || more.length > 0 || action === undefined || !(action in actions)) {
      throw new UsageError('write tine snapshot save FILE, tine snapshot status FILE, or tine snapshot restore FILE');
    }
    process.stdout.write(await (actions[action] as Action)(path, given));
    return 0;
  },
};

/** Returns the text to print. */
type Action = (path: string, given: OwnArguments) => Promise<string>;

const actions: Readonly<Record<string, Action>> = { save, status, restore };

async function save(path: string, given: OwnArguments): Promise<string> {
  const endpoint = given.flag('endpoint');
  const revision =
    endpoint !== undefined && isServerUrl(endpoint)
      ? await saveFromServer(path, endpoint)
      : await saveFromDatabase(path, given);
  return `saved ${path}${revision === undefined ? '' : `: revision ${revision}`}\n`;
}

async function saveFromDatabase(path: string, given: OwnArguments): Promise<number> {
  const { config } = given.load();
  return saveSnapshot(path, await offlineAccess(config.endpoint), config.emulatedEtcdVersion);
}

async function saveFromServer(path: string, url: string): Promise<undefined> {
  const { EtcdClient, etcdAccess } = await import('../transfer/copy/etcd-client.ts');
  const { downloadSnapshot } = await import('../transfer/snapshot/save.ts');
  const client = await EtcdClient.open(url, etcdAccess(process.env));
  try {
    await downloadSnapshot(path, client);
  } finally {
    client.close();
  }
  return undefined;
}

async function status(path: string): Promise<string> {
  return FileReader.use(sourceFile(path), (file) => summaryText(inspect(file)));
}

async function restore(path: string, given: OwnArguments): Promise<string> {
  const bumpRevision = bumpRevisionOf(given);
  const { config } = given.load();
  const target = await offlineAccess(config.endpoint);
  const progress = progressOn(process.stderr);
  const { summary, revision } = await restoreSnapshot(sourceFile(path), target, { bumpRevision, progress });
  const { alarmCount, isAuthEnabled } = summary;
  return [
    `restored ${path} to ${target.name}: revision ${revision}`,
    summaryText(summary).trimEnd(),
    ...(isAuthEnabled ? ['authentication is on, as in the snapshot'] : []),
    ...(alarmCount > 0 ? [`alarms are not restored (${alarmCount}): they belong to members of the old cluster`] : []),
    '',
  ].join('\n');
}

/** Reads etcdutl's two flags, which are only valid together. */
function bumpRevisionOf(given: OwnArguments): number {
  const text = given.flag('bump-revision');
  const marks = given.flag('mark-compacted') === 'true';
  const bump = text === undefined ? 0 : Number(text);
  if (!Number.isSafeInteger(bump) || bump < 0) throw new UsageError(`--bump-revision: "${text}" is not a whole number`);
  if (bump > 0 === marks) return bump;
  throw new UsageError('--bump-revision and --mark-compacted go together: give both or neither');
}

function summaryText(summary: SnapshotSummary): string {
  const { hash, revision, keyCount, rowCount, bytes, storageVersion, compactRevision, hasChecksum } = summary;
  const lines: readonly (readonly [string, string | number])[] = [
    ['hash', hash.toString(16)],
    ['revision', revision],
    ['compacted', compactRevision < 0 ? 'never' : `at revision ${compactRevision}`],
    ['keys', keyCount],
    ['revisions of keys', rowCount],
    ['leases', summary.leaseCount],
    ['users, roles', `${summary.userCount}, ${summary.roleCount}${summary.isAuthEnabled ? '; auth is on' : ''}`],
    ['bytes', bytes],
    ['storage version', storageVersion ?? 'before 3.6'],
    ['SHA-256', hasChecksum ? 'right' : 'none: a file of a data directory'],
  ];
  return `${lines.map(([name, value]) => `  ${`${name}:`.padEnd(20)}${value}`).join('\n')}\n`;
}
