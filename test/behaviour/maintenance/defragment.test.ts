import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { etcdctl } from '../../support/etcdctl.ts';
import {
  DRIVERS,
  EtcdClient,
  FILE_DRIVERS,
  failureOf,
  ownServer,
  sleep,
  suite,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../../support/index.ts';
import { writeKineFile } from '../../support/kine-file.ts';
import { onThisMachine } from '../../support/slowness.ts';

const mebibyte = 1024 * 1024;

/** Writes keys of 100 KB, several at a time. Returns their number. */
async function fill(client: EtcdClient, prefix: string, bytes: number): Promise<number> {
  const count = Math.ceil(bytes / 100_000);
  for (let index = 0; index < count; index += 20) {
    const puts = Array.from({ length: Math.min(20, count - index) }, (_, offset) =>
      client.put({ key: `${prefix}${String(index + offset).padStart(6, '0')}`, value: randomBytes(100_000) }),
    );
    await Promise.all(puts);
  }
  return count;
}

/** Compacts at the current revision, which removes deleted keys. */
async function compactAll(client: EtcdClient): Promise<void> {
  const { header } = await client.put({ key: 'last' });
  await client.compact({ revision: header.revision, physical: true });
}

/** The durations of calls made one after the other while `work` runs. */
async function waitsDuring(work: Promise<unknown>, calls: readonly (() => Promise<unknown>)[]) {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  const waitsMs: number[] = [];
  const repeat = async (call: () => Promise<unknown>) => {
    do {
      const beganMs = performance.now();
      await call();
      waitsMs.push(Math.round(performance.now() - beganMs));
    } while (!isDone);
  };
  await Promise.all([watched, ...calls.map(repeat)]);
  waitsMs.sort((a, b) => a - b);
  const at = (share: number) => waitsMs[Math.min(Math.floor(waitsMs.length * share), waitsMs.length - 1)] as number;
  return { count: waitsMs.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) };
}

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: defragmentation frees the space of deleted keys`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    await fill(client, prefix, 20 * mebibyte);
    // MySQL updates the size of its tables only from time to time.
    const size = async () => (await client.status({})).dbSize;
    await waitFor('the size to grow', async () => (await size()) > 15 * mebibyte, { timeoutMs: 40_000 });
    await client.deleteRange(withPrefix(prefix));
    await compactAll(client);
    await client.defragment({});
    const { dbSize, dbSizeInUse } = await client.status({});
    assert.ok(dbSize < 8 * mebibyte, `${dbSize} bytes are left`);
    assert.ok(dbSizeInUse <= dbSize);
    assert.equal((await client.range({ key: 'last' })).count, 1);
  });

  test(`${driver.name}: etcdctl defragments the members of the cluster`, async () => {
    const { status, stdout, stderr } = await etcdctl(shared.server.address, ['defrag', '--cluster']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Finished defragmenting etcd member\[.*\]/);
  });
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: gets and puts work during defragmentation of a large database, and concurrent calls share one run`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const count = await fill(client, 'k/', 40 * mebibyte);
    const nameOf = (index: number) => `k/${String(index).padStart(6, '0')}`;
    const doomed = Array.from({ length: count }, (_, index) => index).filter((index) => index % 4 !== 0);
    await Promise.all(doomed.map((index) => client.deleteRange({ key: nameOf(index) })));
    await compactAll(client);

    const other = new EtcdClient(server.address);
    context.after(() => other.close());
    const calls = [() => other.range({ key: nameOf(0), keys_only: true }), () => other.put({ key: 'p', value: 'x' })];
    // The usual durations on this machine with its other load.
    const usual = await waitsDuring(sleep(1_500), calls);
    const waits = await waitsDuring(
      Promise.all([1, 2, 3].map(() => client.defragment({}, { deadlineMs: 60_000 }))),
      calls,
    );
    context.diagnostic(`before ${JSON.stringify(usual)}, meanwhile ${JSON.stringify(waits)}`);
    assert.ok(waits.p99Ms < 10 * usual.p99Ms + 100, 'a call waits for one chunk at most');
    assert.ok(waits.longestMs < onThisMachine(3_000), 'nobody waits for the whole');
    const kept = await client.range({ ...withPrefix('k/'), count_only: true });
    assert.equal(kept.count, Math.ceil(count / 4));
    assert.equal(server.log().match(/"msg":"defragmented"/g)?.length, 1);
  });

  test(`${driver.name}: repeated defragmentation succeeds and fails no get or put`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const other = new EtcdClient(server.address);
    context.after(() => other.close());
    // One put at a time: a batch of several puts would be retried one by one.
    const calls = [() => other.range({ key: 'p' }), () => other.put({ key: 'p', value: 'x' })];
    const defragmentations = async () => {
      for (let index = 0; index < 100; index += 1) await client.defragment({}, { deadlineMs: 60_000 });
    };
    const { count } = await waitsDuring(defragmentations(), calls);
    assert.ok(count > 100);
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: defragmentation of a file that kine created is refused, because such a file cannot shrink`, async (context) => {
    const directory = temporaryDirectory();
    writeKineFile(join(directory, 'state.db'), [{ id: 1, name: 'compact_rev_key', created: 1 }]);
    const { client } = await ownServer(context, { driver, dataDirectory: directory });
    // There is no space to free yet.
    await client.defragment({});
    await fill(client, 'k/', 5 * mebibyte);
    await client.deleteRange(withPrefix('k/'));
    await compactAll(client);
    const { code, details } = await failureOf(client.defragment({}));
    assert.equal(code, 'FAILED_PRECONDITION');
    assert.match(details, /^etcdserver: kine created the file, so it keeps its size/);
    assert.equal((await client.range({ key: 'last' })).count, 1);
  });
}
