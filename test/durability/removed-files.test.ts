import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { etcdctl } from '../support/etcdctl.ts';
import {
  type EtcdClient,
  FILE_DRIVERS,
  failureOf,
  ownServer,
  runTine,
  type Server,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

const refusal = {
  code: 'UNAVAILABLE',
  details:
    'etcdserver: the database file was removed or replaced; writes are refused; see the log of the server for the repair',
};

/** Puts continuously and records the acknowledged keys. */
class Writer {
  readonly acknowledged: string[] = [];
  readonly #client: EtcdClient;
  #isStopped = false;
  readonly #done: Promise<void>;

  constructor(client: EtcdClient) {
    this.#client = client;
    this.#done = this.#write();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #write(): Promise<void> {
    for (let index = 0; !this.#isStopped; index += 1) {
      const put = await this.#client.put({ key: `k${index}` }).catch(() => undefined);
      if (put !== undefined) this.acknowledged.push(`k${index}`);
    }
  }
}

/** Waits until the server has detected the removal by itself. Returns how long that took. */
async function noticedMs(server: Server): Promise<number> {
  const beganMs = performance.now();
  await waitFor('a line in the log', () => server.log().includes('writes are refused because they would be lost'));
  return performance.now() - beganMs;
}

async function start(context: TestContext, driver: (typeof FILE_DRIVERS)[number]) {
  const own = await ownServer(context, { driver });
  await own.client.put({ key: 'before' });
  return { ...own, path: join(own.server.dataDirectory, 'state.db') };
}

for (const driver of FILE_DRIVERS) {
  for (const name of ['state.db', 'state.db-wal', 'state.db-shm']) {
    test(`${driver.name}: when ${name} is removed, writes are refused within a second and reads work`, async (context) => {
      const { server, client, path } = await start(context, driver);
      rmSync(join(path, '..', name));
      assert.ok((await noticedMs(server)) < onThisMachine(1_000));
      assert.deepEqual(await failureOf(client.put({ key: 'after' })), refusal);
      // A thread does this, which opens the file when it starts.
      assert.deepEqual(await failureOf(client.deleteRange(withPrefix('after/'))), refusal);
      assert.equal((await client.range({ key: 'before' })).count, 1);
      assert.match(server.log(), new RegExp(`${name} was removed while it is in use`));
      const health = await etcdctl(server.address, ['endpoint', 'health']);
      assert.notEqual(health.status, 0, health.stdout);
      assert.equal((await client.healthCheck({})).status, 'NOT_SERVING');
      assert.match(JSON.stringify((await client.status({})).errors), /CORRUPT/);
    });
  }

  test(`${driver.name}: a moved file contains every acknowledged write, and writes work again when it is moved back`, async (context) => {
    const { server, client, path } = await start(context, driver);
    const writer = new Writer(client);
    await waitFor('some puts', () => writer.acknowledged.length > 20);
    const away = join(temporaryDirectory(), 'state.db');
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}${suffix}`, `${path}.away${suffix}`);
    await noticedMs(server);
    const countThen = writer.acknowledged.length;
    assert.deepEqual(await failureOf(client.put({ key: 'refused' })), refusal);
    assert.equal(writer.acknowledged.length, countThen);
    // The acknowledged writes can be saved from the running server.
    const saved = await etcdctl(server.address, ['snapshot', 'save', away]);
    assert.equal(saved.status, 0, saved.stderr);
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}.away${suffix}`, `${path}${suffix}`);
    await waitFor('writes to be served again', () =>
      client.put({ key: 'again' }).then(
        () => true,
        () => false,
      ),
    );
    await writer.stop();
    await server.kill();
    await server.start();
    const keys = new Set((await client.range({ key: 'k', range_end: 'l' })).kvs.map(({ key }) => key.toString()));
    assert.deepEqual(
      writer.acknowledged.filter((key) => !keys.has(key)),
      [],
    );
  });

  test(`${driver.name}: a replaced file is not written to`, async (context) => {
    const { server, client, path } = await start(context, driver);
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    await noticedMs(server);
    assert.deepEqual(await failureOf(client.put({ key: 'after' })), refusal);
    assert.match(server.log(), /was replaced while it is in use/);
    await server.stop();
    renameSync(`${path}.old`, path);
    assert.equal(runTine(['check', path]).status, 0);
  });
}
