import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SnapshotConfig } from '../../../../src/config/config.ts';
import { flagShape } from '../../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../../src/config/go-flags.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import { UsageError } from '../../../../src/config/usage-error.ts';
import { CertificateAuthority } from '../../../support/certificate-authority.ts';
import { temporaryDirectory } from '../../../support/index.ts';

type Environment = Readonly<Record<string, string>>;

function load(flags: readonly string[], environment: Environment = {}) {
  return loadConfig(splitCommandLine(flags, flagShape).flags, environment);
}

const snapshotsOf = (flags: readonly string[], environment?: Environment): SnapshotConfig =>
  load(flags, environment).config.snapshots;

function refused(flags: readonly string[], message: RegExp, environment?: Environment): void {
  assert.throws(
    () => load(flags, environment),
    (error) => error instanceof UsageError && message.test(error.message),
    flags.join(' '),
  );
}

test('the folder is beside the database file, and a schedule over a server needs one', () => {
  assert.equal(snapshotsOf(['--data-dir', '/var/lib/tine']).directory, '/var/lib/tine/snapshots');
  assert.equal(snapshotsOf(['--endpoint', 'postgres://tine@db/k']).directory, undefined);
  const onServer = ['--endpoint', 'postgres://tine@db/k', '--snapshot-schedule', '0 * * * *'];
  refused(onServer, /--snapshot-schedule needs --snapshot-dir/);
  assert.equal(snapshotsOf([...onServer, '--snapshot-dir', '/backups']).directory, '/backups');
});

test("k3s's names of the options are accepted", () => {
  const authority = new CertificateAuthority(temporaryDirectory());
  const k3s = [
    '--etcd-snapshot-schedule-cron=0 */12 * * *',
    '--etcd-snapshot-dir=/backups',
    '--etcd-snapshot-retention=7',
    '--etcd-snapshot-name=etcd-snapshot',
    '--etcd-s3',
    '--etcd-s3-endpoint=storage:9000',
    '--etcd-s3-bucket=backups',
    '--etcd-s3-folder=/a/b/',
    '--etcd-s3-region=eu-west-1',
    '--etcd-s3-retention=9',
    '--etcd-s3-access-key=me',
    `--etcd-s3-endpoint-ca=${authority.caFile}`,
    '--etcd-s3-skip-ssl-verify',
    '--etcd-s3-insecure',
    '--etcd-s3-bucket-lookup-type=dns',
  ];
  assert.deepEqual(snapshotsOf(k3s, { TINE_ETCD_S3_SECRET_KEY: 'secret', TINE_ETCD_S3_SESSION_TOKEN: 'token' }), {
    schedule: '0 */12 * * *',
    directory: '/backups',
    retentionCount: 7,
    prefix: 'etcd-snapshot',
    storage: {
      endpoint: 'http://storage:9000',
      region: 'eu-west-1',
      usesPaths: false,
      credentials: { accessKey: 'me', secretKey: 'secret', sessionToken: 'token' },
      authorities: [authority.certificate.trim()],
      verifiesCertificate: false,
    },
    bucket: { name: 'backups', folder: 'a/b', retentionCount: 9 },
  } satisfies SnapshotConfig);
});

test("k3s's options without a counterpart are accepted with a note", () => {
  const names = [
    'etcd-snapshot-compress',
    'etcd-snapshot-reconcile-interval=5m',
    'etcd-s3-timeout=5m',
    'etcd-s3-proxy=p',
  ];
  const { notes } = load(names.map((name) => `--${name}`));
  assert.equal(notes.length, 4, notes.join('\n'));
});

test('--etcd-disable-snapshots switches the schedule off', () => {
  const flags = ['--snapshot-schedule', '0 * * * *', '--etcd-disable-snapshots'];
  assert.equal(snapshotsOf(flags).schedule, undefined);
});

test("the storage is Amazon's without an address, and buckets of other storage are in the path", () => {
  const storageOf = (...flags: string[]) => snapshotsOf(flags).storage;
  for (const amazon of [storageOf(), storageOf('--snapshot-s3-endpoint', 's3.amazonaws.com')])
    assert.deepEqual([amazon.endpoint, amazon.usesPaths], [undefined, false]);
  const own = storageOf('--snapshot-s3-endpoint', 'storage.example:9000');
  assert.deepEqual([own.endpoint, own.usesPaths], ['https://storage.example:9000', true]);
  const plain = storageOf('--snapshot-s3-endpoint', 'http://storage.example:9000/');
  assert.equal(plain.endpoint, 'http://storage.example:9000');
});

test('a secret key comes from a variable or a file, and is refused on the command line', () => {
  const file = join(temporaryDirectory(), 'secret');
  writeFileSync(file, 'from the file\n');
  const access = ['--snapshot-s3-access-key', 'me'];
  const secretOf = (flags: readonly string[], environment?: Environment) =>
    snapshotsOf([...access, ...flags], environment).storage.credentials?.secretKey;
  assert.equal(secretOf(['--snapshot-s3-secret-key-file', file]), 'from the file');
  assert.equal(secretOf([], { TINE_SNAPSHOT_S3_SECRET_KEY: 'from the variable' }), 'from the variable');
  for (const name of ['snapshot-s3-secret-key', 'etcd-s3-secret-key']) {
    refused([...access, `--${name}=hush`], /use TINE_SNAPSHOT_S3_SECRET_KEY or --snapshot-s3-secret-key-file$/);
    assert.throws(
      () => load([...access, `--${name}=hush`]),
      (error) => error instanceof Error && !error.message.includes('hush'),
    );
  }
});

test('mistakes are refused with the option and what to do', () => {
  refused(['--snapshot-s3'], /^--snapshot-s3 needs --snapshot-s3-bucket$/);
  refused(['--snapshot-s3-access-key', 'me'], /go together/);
  refused(
    ['--snapshot-s3-access-key', 'me', '--snapshot-s3-secret-key-file', '/nowhere'],
    /secret-key-file: .*no such file/,
  );
  refused(['--snapshot-s3-endpoint', 'http://me:hush@storage'], /is not an address/);
  refused(['--snapshot-s3-endpoint-ca', '/nowhere'], /^--snapshot-s3-endpoint-ca: ca file \/nowhere: /);
  refused(['--snapshot-s3-folder', '../up'], /is not a folder of a bucket/);
  refused(['--snapshot-name', 'a/b'], /--snapshot-name: "a\/b" is not valid/);
  refused(['--snapshot-name', 'on-demand'], /that were not scheduled/);
  refused(['--snapshot-retention', '-1'], /--snapshot-retention: "-1" is not a whole number/);
});

test('a bucket without --snapshot-s3 is noted, because nothing is uploaded', () => {
  assert.deepEqual(load(['--etcd-s3-bucket', 'backups']).notes, [
    '--etcd-s3-bucket has no effect without --snapshot-s3: snapshots are not uploaded',
  ]);
  assert.deepEqual(load(['--etcd-s3-bucket', 'backups', '--etcd-s3']).notes, []);
});
