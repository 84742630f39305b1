import { FileReader } from '../bbolt/file-reader.ts';
import type { commandList } from '../config/command-list.ts';
import { UsageError } from '../config/usage-error.ts';
import { offlineAccess } from '../drivers/open-offline.ts';
import { StartError } from '../errors.ts';
import { isServerUrl } from '../kit/server-url.ts';
import { SnapshotError } from '../snapshots/snapshot-error.ts';
import { withProgress } from '../transfer/copy/progress.ts';
import { inspect, type SnapshotSummary } from '../transfer/snapshot/inspect.ts';
import { restoreSnapshot } from '../transfer/snapshot/restore.ts';
import { saveSnapshot } from '../transfer/snapshot/save.ts';
import { sourceFile } from '../transfer/snapshot/source-file.ts';
import type { Command, OwnArguments } from './command.ts';
import { removingOnStop } from './remove-on-stop.ts';
import { isObject, withDownloaded } from './snapshot/downloaded.ts';
import type { Format } from './snapshot/places-actions.ts';

/** `tine snapshot save|status|restore|list|prune`: snapshots in etcd's format. */
export const snapshot: Command = {
  kind: 'own',
  run: async (given) => {
    const [action, path, ...more] = given.operands;
    if (action === undefined || more.length > 0) throw new UsageError(usage);
    const run = (path === undefined ? withoutFile : withFile).get(action);
    if (run === undefined) throw new UsageError(usage);
    refuseOtherFlags(given, action);
    try {
      process.stdout.write(await removingOnStop(() => run(given, path ?? '')));
    } catch (error) {
      throw error instanceof SnapshotError ? new StartError(error.message, { cause: error }) : error;
    }
    return 0;
  },
};

const usage =
  'write tine snapshot save [FILE], tine snapshot status FILE, tine snapshot restore FILE, tine snapshot list, or tine snapshot prune';

/** The actions that accept each flag. */
const actionsOfFlag: Readonly<Record<keyof typeof commandList.snapshot.flags, readonly string[]>> = {
  'bump-revision': ['restore'],
  'mark-compacted': ['restore'],
  'write-out': ['list', 'status'],
  w: ['list', 'status'],
};

function refuseOtherFlags(given: OwnArguments, action: string): void {
  for (const [flag, actions] of Object.entries(actionsOfFlag)) {
    if (given.flag(flag) === undefined || actions.includes(action)) continue;
    throw new UsageError(`--${flag} belongs to tine snapshot ${actions.join(' and ')}, not to tine snapshot ${action}`);
  }
}

/** Returns the text to print. */
type Action = (given: OwnArguments, path: string) => Promise<string>;

const withFile: ReadonlyMap<string, Action> = new Map([
  ['save', save],
  ['status', status],
  ['restore', restore],
]);

/** Without a file, snapshots are in the places of the configuration. */
const withoutFile: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['save', saveWithoutFile],
  ['list', async (given) => (await placesActions()).listText(given.load().config, formatOf(given))],
  ['prune', async (given) => (await placesActions()).prune(given.load().config)],
]);

async function saveWithoutFile(given: OwnArguments): Promise<string> {
  if (isServerUrl(given.flag('endpoint') ?? ''))
    throw new UsageError('give FILE: without it, tine snapshot save reads a database, not a server');
  return (await placesActions()).saveToPlaces(given.load().config);
}

const placesActions = () => import('./snapshot/places-actions.ts');

function formatOf(given: OwnArguments): Format {
  const format = given.flag('w') ?? given.flag('write-out') ?? 'simple';
  if (format === 'simple' || format === 'json') return format;
  throw new UsageError(`--write-out: "${format}" is not supported; use simple or json`);
}

async function save(given: OwnArguments, path: string): Promise<string> {
  const endpoint = given.flag('endpoint');
  const revision =
    endpoint !== undefined && isServerUrl(endpoint)
      ? await saveFromServer(path, endpoint)
      : await saveFromDatabase(path, given);
  return `saved ${path}${revision === undefined ? '' : `: revision ${revision}`}\n`;
}

async function saveFromDatabase(path: string, given: OwnArguments): Promise<number> {
  const { config } = given.load();
  const from = await offlineAccess(config.endpoint);
  return withProgress((progress) => saveSnapshot(path, from, config.emulatedEtcdVersion, progress));
}

async function saveFromServer(path: string, url: string): Promise<undefined> {
  const { EtcdClient, etcdAccess } = await import('../transfer/copy/etcd-client.ts');
  const { downloadSnapshot } = await import('../transfer/snapshot/save.ts');
  const client = await EtcdClient.open(url, etcdAccess(process.env));
  try {
    await withProgress((progress) => downloadSnapshot(path, client, progress));
  } finally {
    client.close();
  }
  return undefined;
}

async function status(given: OwnArguments, path: string): Promise<string> {
  const textOf = formatOf(given) === 'json' ? summaryJson : summaryText;
  return withProgress(async (progress) => FileReader.use(sourceFile(path), (file) => textOf(inspect(file, progress))));
}

async function restore(given: OwnArguments, operand: string): Promise<string> {
  const bumpRevision = bumpRevisionOf(given);
  const { config } = given.load();
  const target = await offlineAccess(config.endpoint);
  const restoreFile = async (path: string): Promise<string> => {
    const { summary, revision } = await withProgress((progress) =>
      restoreSnapshot(sourceFile(path), target, { bumpRevision, progress }),
    );
    const { alarmCount, isAuthEnabled } = summary;
    return [
      `restored ${operand} to ${target.name}: revision ${revision}`,
      summaryText(summary).trimEnd(),
      ...(isAuthEnabled ? ['authentication is on, as in the snapshot'] : []),
      ...(alarmCount > 0 ? [`alarms are not restored (${alarmCount}): they belong to members of the old cluster`] : []),
      '',
    ].join('\n');
  };
  return isObject(operand) ? withDownloaded(operand, config.snapshots, restoreFile) : restoreFile(operand);
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

/** The same object as `etcdutl snapshot status -w json` prints. */
function summaryJson({ hash, revision, keyCount, bytes, storageVersion = '' }: SnapshotSummary): string {
  return `${JSON.stringify({ hash, revision, totalKey: keyCount, totalSize: bytes, version: storageVersion })}\n`;
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
