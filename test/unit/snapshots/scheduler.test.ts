import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import type { SnapshotState } from '../../../src/mvcc/snapshot/snapshot-claim.ts';
import { BucketPlace } from '../../../src/snapshots/bucket/bucket-place.ts';
import { FolderPlace } from '../../../src/snapshots/folder-place.ts';
import { Schedule } from '../../../src/snapshots/schedule.ts';
import { SnapshotScheduler } from '../../../src/snapshots/scheduler.ts';
import { Taker } from '../../../src/snapshots/taker.ts';
import type { Store } from '../../../src/store/store.ts';
import { HungFile } from '../../support/hung-file.ts';
import { temporaryDirectory, waitFor } from '../../support/index.ts';

interface Settled {
  readonly slotMs: number;
  readonly hasFolder: boolean;
  readonly hasBucket: boolean;
}

/** A store with one instance, whose snapshots have 8 bytes. */
class FakeStore {
  readonly settled: Settled[] = [];
  readonly clusterId = 7n;
  readonly knownMembers = [];
  #state: SnapshotState = { slotMs: Date.now(), heldUntilMs: 0, folder: undefined, bucket: undefined };

  readonly snapshotClaims = {
    nowMs: () => Date.now(),
    begin: async () => this.#state,
    claim: async () => this.#result({}),
    place: async (folder: SnapshotState['folder']) => this.#result({ folder }),
    settle: async (
      slotMs: number,
      { folder, bucket }: { readonly folder: SnapshotState['folder']; readonly bucket: SnapshotState['bucket'] },
    ) => {
      this.settled.push({ slotMs, hasFolder: folder !== undefined, hasBucket: bucket !== undefined });
      return this.#result({ slotMs });
    },
    giveBack: async () => {},
  };

  async snapshot(_options: unknown, use: (snapshot: unknown) => Promise<void>): Promise<void> {
    const chunks = async function* () {
      yield Buffer.from('contents');
    };
    await use({ revision: 3, bytes: 8, chunks });
  }

  #result(changed: Partial<SnapshotState>) {
    this.#state = { ...this.#state, ...changed };
    return { isGranted: true, state: this.#state };
  }
}

/** A folder on a file server that is gone: calls do not return until `release`. */
class HungFolder extends FolderPlace {
  readonly #file = new HungFile();
  calls = 0;
  hangs: 'write' | 'list' | undefined = 'write';

  constructor() {
    super(join(temporaryDirectory(), 'snapshots'));
  }

  override async write(...input: Parameters<FolderPlace['write']>): ReturnType<FolderPlace['write']> {
    if (this.hangs === 'write') await this.#call();
    return super.write(...input);
  }

  override async list(): ReturnType<FolderPlace['list']> {
    if (this.hangs === 'list') await this.#call();
    return super.list();
  }

  release(): Promise<void> {
    return this.#file.release();
  }

  async #call(): Promise<void> {
    this.calls += 1;
    await this.#file.call();
  }
}

function scheduled(context: TestContext, places: { readonly folder: FolderPlace; readonly bucket?: BucketPlace }) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const fake = new FakeStore();
  const { folder, bucket } = places;
  const opened = { folder, bucket, all: bucket === undefined ? [folder] : [folder, bucket] };
  const options = { store: fake as unknown as Store, logger, places: opened };
  const taker = new Taker({
    ...options,
    config: { prefix: 'tine-snapshot', retentionCount: 5, bucket: undefined },
    versions: {} as never,
    folderIdleMsMax: 300,
  });
  const scheduler = new SnapshotScheduler({ ...options, schedule: new Schedule('* * * * * *'), taker });
  context.after(() => scheduler.stop());
  return { scheduler, fake, logged: (text: string) => lines.filter(({ msg }) => String(msg).startsWith(text)) };
}

test('a folder that does not answer fails its slots, with one call, and works again afterwards', async (context) => {
  const folder = new HungFolder();
  const { scheduler, fake, logged } = scheduled(context, { folder });
  scheduler.start();
  await waitFor('three slots', () => fake.settled.length >= 3);
  assert.equal(folder.calls, 1);
  assert.ok(fake.settled.every(({ hasFolder }) => !hasFolder));
  const failures = logged('snapshot failed');
  assert.ok(failures.length >= 3);
  for (const { err } of failures) assert.match(String(err), /snapshots: the file system has not answered for \d+ s;/);
  assert.ok(scheduler.statistics.folder.failures >= 3);
  folder.hangs = undefined;
  await folder.release();
  await waitFor('a snapshot', () => fake.settled.some(({ hasFolder }) => hasFolder));
});

test('lists of a folder that does not answer share one call', async (context) => {
  const folder = new HungFolder();
  folder.hangs = 'list';
  const { scheduler } = scheduled(context, { folder });
  const lists = [scheduler.list(), scheduler.list(), scheduler.list()];
  assert.equal(folder.calls, 1);
  await folder.release();
  assert.deepEqual(await Promise.all(lists), [[], [], []]);
});

/** Storage that accepts connections and sends nothing. */
async function silentBucket(context: TestContext): Promise<BucketPlace> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { readonly port: number };
  return new BucketPlace({ name: 'bucket', folder: '' }, {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    usesPaths: true,
    credentials: { accessKey: 'key', secretKey: 'secret', sessionToken: undefined },
    authorities: undefined,
    verifiesCertificate: true,
  } as unknown as ConstructorParameters<typeof BucketPlace>[1]);
}

test('storage that sends nothing delays neither the snapshot in the folder nor later slots for long', async (context) => {
  const folder = new FolderPlace(join(temporaryDirectory(), 'snapshots'));
  const { scheduler, fake, logged } = scheduled(context, { folder, bucket: await silentBucket(context) });
  scheduler.start();
  await waitFor('the line', () => logged('snapshot written to the folder; uploading it').length === 1);
  assert.ok(scheduler.statistics.folder.last !== undefined);
  assert.equal(fake.settled.length, 0, 'the upload is under way');
  const beganMs = performance.now();
  await waitFor('the end of the upload', () => logged('upload of the snapshot failed').length === 1, {
    timeoutMs: 40_000,
  });
  assert.ok(performance.now() - beganMs < 30_000);
  await waitFor('the next slot', () => logged('snapshot written to the folder; uploading it').length === 2);
  const stoppedMs = performance.now();
  await scheduler.stop();
  assert.ok(performance.now() - stoppedMs < 5_000, 'a stop ends a request to silent storage');
});
