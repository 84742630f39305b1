import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  EtcdClient,
  failureOf,
  type KeyValue,
  kine,
  kineProgram,
  ownServer,
  runTine,
  Server,
  sqlite,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { writeKineFile } from '../support/kine-file.ts';

const isKineHere = kineProgram() !== undefined;
const source = isKineHere ? 'kine itself' : 'no kine is on this machine: a file shaped like one of its own';

const facts = ({ key, value, create_revision, mod_revision }: KeyValue) => ({
  key: key.toString(),
  value: value.toString(),
  create_revision,
  mod_revision,
});

/** Writes as an API server does: the only requests kine takes. */
class ApiServer {
  readonly #client: EtcdClient;

  constructor(client: EtcdClient) {
    this.#client = client;
  }

  async create(key: string, value: string): Promise<number> {
    const { succeeded, header } = await this.#client.txn({
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: 0 }],
      success: [{ request_put: { key, value } }],
    });
    assert.equal(succeeded, true, `create ${key}`);
    return header.revision;
  }

  async update(key: string, value: string): Promise<number> {
    const { succeeded, header } = await this.#client.txn({
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: await this.#revisionOf(key) }],
      success: [{ request_put: { key, value } }],
      failure: [{ request_range: { key } }],
    });
    assert.equal(succeeded, true, `update ${key}`);
    return header.revision;
  }

  async remove(key: string): Promise<number> {
    const { succeeded, header } = await this.#client.txn({
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: await this.#revisionOf(key) }],
      success: [{ request_delete_range: { key } }],
      failure: [{ request_range: { key } }],
    });
    assert.equal(succeeded, true, `remove ${key}`);
    return header.revision;
  }

  async #revisionOf(key: string): Promise<number> {
    const [pair] = (await this.#client.range({ key })).kvs;
    assert.ok(pair !== undefined, key);
    return pair.mod_revision;
  }
}

async function work(api: ApiServer, round: string): Promise<void> {
  for (let index = 0; index < 20; index += 1) await api.create(`/registry/${round}/${index}`, `created in ${round}`);
  for (let index = 0; index < 10; index += 1) await api.update(`/registry/${round}/${index}`, `updated in ${round}`);
  for (let index = 0; index < 5; index += 1) await api.remove(`/registry/${round}/${index}`);
  for (let index = 0; index < 2; index += 1) await api.create(`/registry/${round}/${index}`, `again in ${round}`);
}

/** Starts kine on the directory, has it work, and gives what it then shows; without a kine the same by SQL. */
async function kineWorks(dataDirectory: string, round: string) {
  if (!isKineHere) return shapedWork(dataDirectory);
  const server = await Server.start({ driver: kine, dataDirectory });
  const client = new EtcdClient(server.address);
  try {
    await work(new ApiServer(client), round);
    return (await client.range(withPrefix('/registry/'))).kvs.map(facts);
  } finally {
    client.close();
    await server.stop();
    await server.remove();
  }
}

function shapedWork(dataDirectory: string) {
  writeKineFile(join(dataDirectory, 'state.db'), [
    { id: 1, name: 'compact_rev_key', created: 1, value: '' },
    { id: 2, name: '/registry/health', created: 1, value: '{"health":"true"}' },
    { id: 3, name: '/registry/first/0', created: 1, value: 'created' },
    { id: 4, name: '/registry/first/0', create_revision: 3, prev_revision: 3, value: 'updated', old_value: 'created' },
  ]);
  return [
    { key: '/registry/first/0', value: 'updated', create_revision: 3, mod_revision: 4 },
    { key: '/registry/health', value: '{"health":"true"}', create_revision: 2, mod_revision: 2 },
  ];
}

/** Has kine compact by itself what it wrote, where there is a kine. */
async function kineCompacts(dataDirectory: string): Promise<void> {
  const options = ['--compact-interval', '1s', '--compact-min-retain', '5'];
  const server = await Server.start({ driver: kine, dataDirectory, arguments: options });
  const client = new EtcdClient(server.address);
  try {
    const isForgotten = async () =>
      (await client.range({ key: '/registry/first/0', revision: 5 }).catch(() => undefined)) === undefined;
    await waitFor('kine to compact', isForgotten, { timeoutMs: 20_000, intervalMs: 200 });
  } finally {
    client.close();
    await server.stop();
    await server.remove();
  }
}

async function tineShows(context: TestContext, dataDirectory: string) {
  const { server, client } = await ownServer(context, { driver: sqlite, dataDirectory });
  return { server, client, pairs: (await client.range(withPrefix('/registry/'))).kvs.map(facts) };
}

test(`sqlite: what kine wrote is read, watched and written on (${source})`, async (context) => {
  if (!isKineHere) context.diagnostic('set TINE_TEST_KINE to a kine binary to test against the real one');
  const dataDirectory = temporaryDirectory();
  const expected = await kineWorks(dataDirectory, 'first');
  const { client, pairs } = await tineShows(context, dataDirectory);
  assert.deepEqual(pairs, expected);

  const watch = client.watch();
  await watch.create({ ...withPrefix('/registry/'), start_revision: 2 });
  const { revision } = (await client.put({ key: '/registry/end' })).header;
  const messages = await watch.until(({ events }) => events.at(-1)?.kv.mod_revision === revision);
  watch.close();
  const replayed = new Map<string, string>();
  for (const { type, kv } of messages.flatMap(({ events }) => events)) {
    if (type === 'PUT') replayed.set(kv.key.toString(), kv.value.toString());
    else replayed.delete(kv.key.toString());
  }
  replayed.delete('/registry/end');
  assert.deepEqual(
    [...replayed].sort(),
    expected.map(({ key, value }) => [key, value]).sort(),
    'the watched history leads to the listed state',
  );
  await work(new ApiServer(client), 'second');
});

test(`sqlite: kine, tine, kine, tine on one file, each going on where the other ended (${source})`, async (context) => {
  const dataDirectory = temporaryDirectory();
  await kineWorks(dataDirectory, 'first');
  const first = await tineShows(context, dataDirectory);
  await work(new ApiServer(first.client), 'second');
  const several = ['x', 'y', 'z'].map((name) => ({
    request_put: { key: `/registry/several/${name}`, value: 'at once' },
  }));
  await first.client.txn({ success: several });
  await first.client.put({ key: '/registry/several/x', value: 'later' });
  const left = (await first.client.range(withPrefix('/registry/'))).kvs.map(({ key, value }) => `${key}=${value}`);
  await first.server.stop();
  const released = runTine(['release', join(dataDirectory, 'state.db')]);
  assert.equal(released.status, 0, released.stderr);
  if (!isKineHere) {
    context.diagnostic(
      'no kine: that it opens the released file is not tested here; durability/kine-file.test.ts tests its shape',
    );
    return;
  }

  const server = await Server.start({ driver: kine, dataDirectory });
  const client = new EtcdClient(server.address);
  try {
    const { header, kvs } = await client.range(withPrefix('/registry/'));
    assert.deepEqual(
      kvs.map(({ key, value }) => `${key}=${value}`),
      left,
      'kine shows what tine left',
    );
    const watch = client.watch();
    await watch.create({ ...withPrefix('/registry/'), prev_kv: true, start_revision: header.revision + 1 });
    const api = new ApiServer(client);
    await api.update('/registry/several/y', 'by kine');
    await api.remove('/registry/several/z');
    const events = await watch.events(2);
    assert.deepEqual(
      events.map(({ type, prev_kv }) => `${type} ${prev_kv?.value}`),
      ['PUT at once', 'DELETE at once'],
    );
    watch.close();
    await work(api, 'third');
    const expected = (await client.range(withPrefix('/registry/'))).kvs.map(facts);
    await server.stop();
    const last = await tineShows(context, dataDirectory);
    assert.deepEqual(last.pairs, expected);
    await work(new ApiServer(last.client), 'fourth');
  } finally {
    client.close();
    await server.remove();
  }
});

if (isKineHere) {
  test('sqlite: what kine compacted is gone and what it kept is there (kine itself)', async (context) => {
    const dataDirectory = temporaryDirectory();
    const expected = await kineWorks(dataDirectory, 'first');
    await kineCompacts(dataDirectory);
    const { server, client, pairs } = await tineShows(context, dataDirectory);
    assert.deepEqual(pairs, expected);
    const { code } = await failureOf(client.range({ key: '/registry/first/0', revision: 5 }));
    assert.equal(code, 'OUT_OF_RANGE');
    await work(new ApiServer(client), 'second');
    const { revision } = (await client.range({ key: '/registry/' })).header;
    await client.compact({ revision, physical: true });
    const after = (await client.range(withPrefix('/registry/'))).kvs.map(facts);
    await server.kill();
    assert.equal(runTine(['check', join(dataDirectory, 'state.db')]).status, 0);
    await server.start();
    client.reconnect();
    assert.deepEqual((await client.range(withPrefix('/registry/'))).kvs.map(facts), after);
  });
}
