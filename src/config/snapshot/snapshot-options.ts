/** The options of snapshots by schedule, and of the places of snapshots. */
import { join } from 'node:path';
import type { BucketCredentials, BucketStorage, SnapshotBucket, SnapshotConfig } from '../config.ts';
import { type GivenOptions, sourceOf, strongerOf } from '../given-options.ts';
import type { Settings } from '../options.ts';
import { readAuthorities, readText } from '../pem-files.ts';
import { UsageError, withSource } from '../usage-error.ts';

/** @throws UsageError when the options contradict each other. */
export function snapshotConfig({
  settings,
  given,
  databaseDirectory,
}: {
  readonly settings: Settings;
  readonly given: GivenOptions;
  /** The directory of the database file. Undefined: the database is a server. */
  readonly databaseDirectory: string | undefined;
}): { readonly config: SnapshotConfig; readonly notes: readonly string[] } {
  const schedule = settings['etcd-disable-snapshots'] ? undefined : settings['snapshot-schedule'] || undefined;
  const beside = databaseDirectory === undefined ? undefined : join(databaseDirectory, 'snapshots');
  const directory = settings['snapshot-dir'] ?? beside;
  if (schedule !== undefined && directory === undefined) {
    throw new UsageError(
      '--snapshot-schedule needs --snapshot-dir: with a database server there is no folder beside the data',
    );
  }
  const config: SnapshotConfig = {
    schedule,
    directory,
    retentionCount: settings['snapshot-retention'],
    prefix: settings['snapshot-name'],
    storage: storageOf(settings, given),
    bucket: bucketOf(settings),
  };
  return { config, notes: notesOn(config, given) };
}

/** A bucket that is named and not used would be a backup that does not exist. */
function notesOn({ bucket }: SnapshotConfig, { byName }: GivenOptions): readonly string[] {
  const named = byName.get('snapshot-s3-bucket');
  return bucket === undefined && named !== undefined
    ? [`${named.source} has no effect without --snapshot-s3: snapshots are not uploaded`]
    : [];
}

function bucketOf(settings: Settings): SnapshotBucket | undefined {
  if (!settings['snapshot-s3']) return undefined;
  const name = settings['snapshot-s3-bucket'];
  if (name === undefined) throw new UsageError('--snapshot-s3 needs --snapshot-s3-bucket');
  const retentionCount = settings['snapshot-s3-retention'] ?? settings['snapshot-retention'];
  return { name, folder: settings['snapshot-s3-folder'], retentionCount };
}

function storageOf(settings: Settings, given: GivenOptions): BucketStorage {
  const endpoint = endpointOf(settings, given);
  const lookup = settings['snapshot-s3-bucket-lookup-type'];
  const isAmazons = endpoint === undefined || /\.amazonaws\.com(:\d+)?$/.test(endpoint);
  return {
    endpoint,
    region: settings['snapshot-s3-region'],
    usesPaths: lookup === 'path' || (lookup === 'auto' && !isAmazons),
    credentials: credentialsOf(settings, given),
    authorities: authoritiesOf(settings, given),
    verifiesCertificate: !settings['snapshot-s3-skip-ssl-verify'],
  };
}

/** k3s gives HOST:PORT, and its default is the name of Amazon's endpoint without a region. */
function endpointOf(settings: Settings, given: GivenOptions): string | undefined {
  const text = settings['snapshot-s3-endpoint'];
  if (text === undefined || text === 's3.amazonaws.com') return undefined;
  const address = /^https?:\/\//i.test(text)
    ? text
    : `${settings['snapshot-s3-insecure'] ? 'http' : 'https'}://${text}`;
  const source = sourceOf(given, 'snapshot-s3-endpoint');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isAddress = url !== undefined && url.username === '' && url.pathname === '/' && url.search === '';
  if (!isAddress) throw new UsageError(`${source}: "${text}" is not an address; write HOST:PORT or https://HOST:PORT`);
  return `${url.protocol}//${url.host}`;
}

function authoritiesOf(settings: Settings, given: GivenOptions): readonly string[] | undefined {
  const path = settings['snapshot-s3-endpoint-ca'];
  if (path === undefined) return undefined;
  return withSource(sourceOf(given, 'snapshot-s3-endpoint-ca'), () => readAuthorities(path));
}

function credentialsOf(settings: Settings, given: GivenOptions): BucketCredentials | undefined {
  const accessKey = settings['snapshot-s3-access-key'];
  const secretKey = secretOf('snapshot-s3-secret-key', settings, given);
  const sessionToken = secretOf('snapshot-s3-session-token', settings, given);
  if (accessKey === undefined && secretKey === undefined && sessionToken === undefined) return undefined;
  if (accessKey !== undefined && secretKey !== undefined) return { accessKey, secretKey, sessionToken };
  throw new UsageError(
    '--snapshot-s3-access-key and a secret key go together: give both or neither; the secret key in TINE_SNAPSHOT_S3_SECRET_KEY or --snapshot-s3-secret-key-file',
  );
}

/** The secret of an option, or the content of the file that the option beside it names. */
function secretOf(
  name: 'snapshot-s3-secret-key' | 'snapshot-s3-session-token',
  settings: Settings,
  given: GivenOptions,
): string | undefined {
  const fileOption = `${name}-file` as const;
  const path = settings[fileOption];
  if (path === undefined || strongerOf(given, name, fileOption) === name) return settings[name];
  return withSource(sourceOf(given, fileOption), () => contentOf(path));
}

function contentOf(path: string): string {
  const text = readText('file', path).replace(/\r?\n$/, '');
  if (text === '') throw new Error(`${path} is empty; write the secret into it`);
  return text;
}
