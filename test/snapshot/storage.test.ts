import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StartError } from '../../src/errors.ts';
import { BucketPlace } from '../../src/snapshots/bucket/bucket-place.ts';
import { download } from '../../src/snapshots/bucket/download.ts';
import { parseSnapshotName, snapshotNameText } from '../../src/snapshots/snapshot-name.ts';
import { CertificateAuthority, type Issued } from '../support/certificate-authority.ts';
import { type Driver, FILE_DRIVERS, freePort, ownServer, runTine, waitFor } from '../support/index.ts';
import { ObjectStorage } from '../support/object-storage.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { hashKv } from './hash-kv.ts';
import { assertSound, failed, filesIn, fill, logged, metricByPlace, snapshotsIn, taken } from './scheduled.ts';
import { ownDirectory } from './seen.ts';

/** Object storage that ends with the test. */
async function storageOf(context: TestContext, pair?: Issued): Promise<ObjectStorage> {
  const storage = await ObjectStorage.start(pair);
  context.after(() => storage.kill());
  return storage;
}

/** A server that uploads its snapshots. Over 8 MiB they are uploaded in parts. */
async function uploading(
  context: TestContext,
  driver: Driver,
  {
    schedule = '*/3 * * * * *',
    storage,
    options = storage.options(),
    environment = storage.environment,
  }: {
    schedule?: string;
    storage: ObjectStorage;
    options?: readonly string[];
    environment?: Readonly<Record<string, string>>;
  },
) {
  const own = await ownServer(context, {
    driver,
    arguments: ['--snapshot-schedule', schedule, ...options],
    environment: { ...environment },
  });
  return { ...own, folder: join(own.server.dataDirectory, 'snapshots') };
}

/** The failures of the upload. */
const failedUploads = (server: Parameters<typeof failed>[0]) => failed(server).filter(({ place }) => place === 's3');

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: snapshots are uploaded, listed, kept by number in folder and bucket, and restored from the bucket`, async (context) => {
    const storage = await storageOf(context);
    const options = [...storage.options(), '--snapshot-retention=3', '--snapshot-s3-retention=2'];
    const { server, client, folder } = await uploading(context, driver, { storage, options });
    await fill(client, 20);
    await client.put({ key: 'a', value: 'b' });
    const before = taken(server).length;
    await waitFor('four uploads', () => taken(server).length >= before + 4, { timeoutMs: 60_000 });
    const { revision } = (await client.range({ key: 'a' })).header;
    const { hash } = await hashKv(client, revision);
    await server.stop();
    assert.deepEqual(failed(server), []);
    const inFolder = snapshotsIn(folder);
    assert.equal(inFolder.length, 3);
    // The stop may have ended the upload of the newest.
    const isEnded = logged(server, /^snapshot abandoned;/).length > 0;
    const uploaded = isEnded && !storage.objects().includes(inFolder.at(-1) ?? '') ? inFolder.slice(0, -1) : inFolder;
    assert.deepEqual(storage.objects(), uploaded.slice(-2));
    assert.deepEqual(storage.unfinishedUploads(), []);
    for (const name of storage.objects())
      assert.ok(readFileSync(storage.pathOf(name)).equals(readFileSync(join(folder, name))), name);

    const access = [...storage.options(), ...driver.storageArguments(server.dataDirectory)];
    const listed = runTine(['snapshot', 'list', '-w=json', ...access], { environment: storage.environment });
    assert.equal(listed.status, 0, listed.stderr);
    const inBucket = (JSON.parse(listed.stdout) as { place: string; location: string }[]).filter(
      ({ place }) => place === 's3',
    );
    assert.equal(inBucket.length, 2);
    const target = join(ownDirectory(context), 'restored');
    const restored = runTine(
      [
        'snapshot',
        'restore',
        inBucket.at(-1)?.location ?? '',
        ...storage.options(),
        ...driver.storageArguments(target),
      ],
      { environment: storage.environment },
    );
    assert.equal(restored.status, 0, restored.stderr);
    assert.match(restored.stderr, /^downloading s3:\/\//);
    const again = await ownServer(context, { driver, dataDirectory: target });
    assert.equal((await hashKv(again.client, revision)).hash, hash);
  });

  test(`${driver.name}: an object with a wrong bit is not restored`, async (context) => {
    const storage = await storageOf(context);
    const { server } = await uploading(context, driver, { storage });
    await waitFor('an upload', () => storage.objects().length > 0);
    await server.stop();
    const [name = ''] = storage.objects();
    const bytes = readFileSync(storage.pathOf(name));
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
    writeFileSync(storage.pathOf(name), bytes);
    const target = join(ownDirectory(context), 'restored');
    const location = `s3://${storage.bucket}/clusters/one/${name}`;
    const access = [...storage.options(), ...driver.storageArguments(target)];
    const { status, stderr } = runTine(['snapshot', 'restore', location, ...access], {
      environment: { ...storage.environment, AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED' },
    });
    assert.equal(status, 1);
    assert.match(stderr, /it is damaged: its SHA-256 does not match/);
    const missing = runTine(['snapshot', 'restore', `${location}x`, ...access], { environment: storage.environment });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /tine: s3:\/\/backups\/clusters\/one: .*did not find it/);
  });

  test(`${driver.name}: wrong credentials, a missing bucket and an unreachable server are each a line with what to do`, async (context) => {
    const storage = await storageOf(context);
    const secret = 'a-secret-that-no-log-shows';
    const closedPort = await freePort();
    const cases = [
      {
        environment: { ...storage.environment, AWS_SECRET_ACCESS_KEY: secret },
        options: storage.options(),
        message: /refused the credentials \(SignatureDoesNotMatch\); correct the access key/,
      },
      {
        environment: { ...storage.environment, AWS_ACCESS_KEY_ID: secret },
        options: storage.options(),
        // The name of versitygw for what Amazon calls InvalidAccessKeyId.
        message: /did not find it \(XAdminUserNotFound\); check .* and the access key/,
      },
      {
        environment: storage.environment,
        options: storage.options({ bucket: 'nowhere' }),
        message: /^s3:\/\/nowhere\/clusters\/one: .* has no such bucket; create it/,
      },
      {
        environment: storage.environment,
        options: storage.options({ port: closedPort }),
        message: /is unreachable \(ECONNREFUSED\); check --snapshot-s3-endpoint/,
      },
    ];
    for (const { environment, options, message } of cases) {
      const { server, folder } = await uploading(context, driver, { storage, options, environment });
      await waitFor(String(message), () => failedUploads(server).length > 0, { timeoutMs: 30_000 });
      assert.match(String(failedUploads(server)[0]?.err), message);
      assertSound(folder);
      const failures = await metricByPlace(server, 'tine_snapshot_failures_total');
      assert.ok((failures.s3 ?? 0) > 0 && failures.folder === 0);
      assert.equal((await metricByPlace(server, 'tine_snapshot_last_success_timestamp_seconds')).s3, 0);
      await server.stop();
      assert.ok(!server.log().includes(secret), 'no line shows the credentials');
    }
    assert.deepEqual(storage.objects(), []);
  });

  test(`${driver.name}: storage over TLS must have a certificate of a known authority`, async (context) => {
    const authority = new CertificateAuthority(ownDirectory(context));
    const storage = await storageOf(context, authority.issue({ hosts: ['127.0.0.1'] }));
    const unknown = await uploading(context, driver, { storage });
    await waitFor('a failure', () => failedUploads(unknown.server).length > 0);
    assert.match(String(failedUploads(unknown.server)[0]?.err), /is not trusted .*--snapshot-s3-endpoint-ca$/);
    await unknown.server.stop();
    assert.deepEqual(storage.objects(), []);
    for (const option of [`--snapshot-s3-endpoint-ca=${authority.caFile}`, '--snapshot-s3-skip-ssl-verify']) {
      const before = storage.objects().length;
      const known = await uploading(context, driver, { storage, options: [...storage.options(), option] });
      await waitFor('an upload', () => storage.objects().length > before);
      await known.server.stop();
    }
  });

  test(`${driver.name}: an upload that the server or a crash of tine interrupts leaves no object, and the next one succeeds`, async (context) => {
    const storage = await storageOf(context);
    const { server, client, folder } = await uploading(context, driver, { storage, schedule: '*/6 * * * * *' });
    await fill(client, 60);
    const underWay = () => storage.unfinishedUploads().some(({ partCount }) => partCount > 0);
    const patience = { timeoutMs: 60_000, intervalMs: 2 };
    const soundObjects = () => {
      for (const name of storage.objects()) {
        assert.ok(parseSnapshotName(name) !== undefined, name);
        assert.equal(runTine(['snapshot', 'status', storage.pathOf(name)]).status, 0, name);
      }
    };

    await waitFor('an upload under way', underWay, patience);
    await storage.kill();
    soundObjects();
    await waitFor('a failure', () => failedUploads(server).length > 0, { timeoutMs: 60_000 });
    await storage.start();
    const before = taken(server).length;
    await waitFor('an upload', () => taken(server).length > before, { timeoutMs: 60_000 });

    await waitFor('an upload under way', underWay, patience);
    await server.kill();
    soundObjects();
    await server.start();
    const afterCrash = taken(server).length;
    await waitFor('the upload after the crash', () => taken(server).length > afterCrash, { timeoutMs: 60_000 });
    await server.stop();
    soundObjects();
    assertSound(folder);
    assert.deepEqual(storage.unfinishedUploads(), [], 'nothing is left of the interrupted uploads');
    assert.deepEqual(logged(server, 'uncaught internal error; still serving; please report it'), []);
  });
}

/** A file of 24 MiB with the name and the SHA-256 of a snapshot, in the bucket. */
async function uploadedFile(context: TestContext, storage: ObjectStorage) {
  const content = randomBytes(24 * 1024 * 1024);
  const whole = Buffer.concat([content, createHash('sha256').update(content).digest()]);
  const name = snapshotNameText({ prefix: 'tine-snapshot', clusterId: 1n, atMs: 0, revision: 1 });
  const path = join(ownDirectory(context), name);
  writeFileSync(path, whole);
  const place = placeAt(context, storage, storage.port);
  await place.upload(path, { confirm: async () => {}, signal: new AbortController().signal });
  return { name, whole };
}

function placeAt(context: TestContext, storage: ObjectStorage, port: number): BucketPlace {
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey } = storage.environment;
  const place = new BucketPlace(
    { name: storage.bucket, folder: 'clusters/one' },
    {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      usesPaths: true,
      credentials: { accessKey, secretKey, sessionToken: undefined },
      authorities: undefined,
      verifiesCertificate: true,
    },
  );
  context.after(() => place.close());
  return place;
}

/** Downloads through a proxy, and calls `once` after a third of the file. */
async function interruptedDownload(context: TestContext, once: (proxy: TcpProxy) => void) {
  const storage = await storageOf(context);
  const { name, whole } = await uploadedFile(context, storage);
  const proxy = await TcpProxy.start(storage.port);
  context.after(() => proxy.close());
  const folder = ownDirectory(context);
  let isDone = false;
  const downloading = download(placeAt(context, storage, proxy.port), name, {
    path: join(folder, 'downloaded'),
    progress: (doneBytes, totalBytes) => {
      assert.equal(totalBytes, whole.length);
      if (isDone || doneBytes < totalBytes / 3) return;
      isDone = true;
      once(proxy);
    },
  });
  return { folder, whole, downloading };
}

test('a download whose connection breaks is continued where it broke', async (context) => {
  const { folder, whole, downloading } = await interruptedDownload(context, (proxy) => proxy.cut());
  await downloading;
  assert.deepEqual(filesIn(folder), ['downloaded']);
  assert.ok(readFileSync(join(folder, 'downloaded')).equals(whole));
});

test('a download whose storage is gone fails with a line, and leaves no file', async (context) => {
  const { folder, downloading } = await interruptedDownload(context, (proxy) => void proxy.refuse());
  await assert.rejects(downloading, (error) => error instanceof StartError && /is unreachable/.test(error.message));
  assert.deepEqual(filesIn(folder), []);
});
