import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Driver,
  EtcdClient,
  failureOf,
  type KeyValue,
  kineProgram,
  onePerDialect,
  ownServer,
  runTine,
  Server,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../support/index.ts';

// Debian has no package of kine. kine's rows are tested in test/transfer/kine-databases.test.ts,
// kine itself only if it is installed.
const DRIVERS = kineProgram() === undefined ? [] : onePerDialect(TINE_DRIVERS);

const facts = ({ key, value, create_revision, mod_revision }: KeyValue) => ({
  key: key.toString(),
  value: value.toString(),
  create_revision,
  mod_revision,
});

/** Writes like an API server, because kine accepts no other requests. */
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

/** A database that tine and kine use in turn, removed after the test. */
interface Place {
  readonly driver: Driver;
  readonly dataDirectory: string;
  readonly endpoint: string;
}

function newPlace(context: TestContext, driver: Driver): Place {
  const dataDirectory = temporaryDirectory();
  context.after(() => driver.dropStorage(dataDirectory));
  return { driver, dataDirectory, endpoint: driver.storageArguments(dataDirectory)[1] ?? '' };
}

/** Runs kine on the database while `use` runs. */
async function withKine<Result>(
  { driver, dataDirectory }: Place,
  use: (client: EtcdClient) => Promise<Result>,
  options: readonly string[] = [],
): Promise<Result> {
  const server = await Server.start({ driver: { ...driver, kind: 'kine' }, dataDirectory, arguments: options });
  const client = new EtcdClient(server.address);
  try {
    return await use(client);
  } finally {
    client.close();
    await server.stop();
    await server.remove();
  }
}

/** Runs work through kine and returns the keys that kine shows afterwards. */
function kineWorks(place: Place, round: string) {
  return withKine(place, async (client) => {
    await work(new ApiServer(client), round);
    return (await client.range(withPrefix('/registry/'))).kvs.map(facts);
  });
}

/** Waits until kine has compacted its own writes. */
async function kineCompacts(place: Place): Promise<void> {
  const options = ['--compact-interval', '1s', '--compact-min-retain', '5'];
  await withKine(
    place,
    async (client) => {
      const isForgotten = async () =>
        (await client.range({ key: '/registry/first/0', revision: 5 }).catch(() => undefined)) === undefined;
      await waitFor('kine to compact', isForgotten, { timeoutMs: 20_000, intervalMs: 200 });
    },
    options,
  );
}

async function tineShows(context: TestContext, { driver, dataDirectory }: Place) {
  const { server, client } = await ownServer(context, { driver, dataDirectory });
  return { server, client, pairs: (await client.range(withPrefix('/registry/'))).kvs.map(facts) };
}

for (const driver of DRIVERS) {
  test(`${driver.name}: keys that kine wrote can be read, watched and changed`, async (context) => {
    const place = newPlace(context, driver);
    const expected = await kineWorks(place, 'first');
    assert.match(runTine(['check', place.endpoint]).stdout, /: no faults: .* a database of kine/);
    const { client, pairs } = await tineShows(context, place);
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

  test(`${driver.name}: a watch started with kine continues with tine at the next revision, and the reverse`, async (context) => {
    const place = newPlace(context, driver);
    const { seen, revision } = await withKine(place, async (client) => {
      const api = new ApiServer(client);
      const seen = await api.create('/registry/pods/a', '1');
      await api.update('/registry/pods/a', '2');
      await api.create('/registry/pods/b', 'b');
      return { seen, revision: await api.remove('/registry/pods/b') };
    });
    const first = await tineShows(context, place);
    const events = await eventsFrom(first.client, seen + 1, 3);
    assert.deepEqual(events, [
      `${seen + 1} PUT /registry/pods/a 2 < 1`,
      `${seen + 2} PUT /registry/pods/b b < -`,
      `${revision} DELETE /registry/pods/b  < b`,
    ]);
    const api = new ApiServer(first.client);
    assert.equal(await api.update('/registry/pods/a', '3'), revision + 1);
    await api.remove('/registry/pods/a');
    await first.server.stop();
    assert.equal(runTine(['release', place.endpoint]).status, 0);
    await withKine(place, async (client) => {
      assert.deepEqual(await eventsFrom(client, revision + 1, 2), [
        `${revision + 1} PUT /registry/pods/a 3 < 2`,
        `${revision + 2} DELETE /registry/pods/a  < 3`,
      ]);
      assert.equal(await new ApiServer(client).create('/registry/pods/c', 'c'), revision + 3);
    });
  });

  test(`${driver.name}: kine, tine, kine and tine in turn on one database each continue after the last revision`, async (context) => {
    const place = newPlace(context, driver);
    await kineWorks(place, 'first');
    const first = await tineShows(context, place);
    await work(new ApiServer(first.client), 'second');
    const several = ['x', 'y', 'z'].map((name) => ({
      request_put: { key: `/registry/several/${name}`, value: 'at once' },
    }));
    await first.client.txn({ success: several });
    await first.client.put({ key: '/registry/several/x', value: 'later' });
    await first.client.put({ key: 'compact_rev_key', value: '12' });
    const { ID } = await first.client.leaseGrant({ TTL: 600 });
    await first.client.put({ key: '/registry/held', value: 'held', lease: ID });
    const left = (await first.client.range(withPrefix('/registry/'))).kvs.map(({ key, value }) => `${key}=${value}`);
    await first.server.stop();
    const released = runTine(['release', place.endpoint]);
    assert.equal(released.status, 0, released.stderr);
    assert.match(runTine(['check', place.endpoint]).stdout, /: no faults: .* a database of kine/);

    const expected = await withKine(place, async (client) => {
      const { header, kvs } = await client.range(withPrefix('/registry/'));
      assert.deepEqual(
        kvs.map(({ key, value }) => `${key}=${value}`),
        left,
        'kine shows what tine left',
      );
      assert.equal((await client.range({ key: 'compact_rev_key' })).kvs[0]?.value.toString(), '12');
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
      return (await client.range(withPrefix('/registry/'))).kvs.map(facts);
    });
    const last = await tineShows(context, place);
    assert.deepEqual(last.pairs, expected);
    assert.equal((await last.client.range({ key: 'compact_rev_key' })).kvs[0]?.value.toString(), '12');
    assert.equal((await last.client.leaseLeases({})).leases.length, 1);
    await work(new ApiServer(last.client), 'fourth');
  });

  test(`${driver.name}: compactions by kine are kept by tine, and kine can compact what tine wrote`, async (context) => {
    const place = newPlace(context, driver);
    const expected = await kineWorks(place, 'first');
    await kineCompacts(place);
    const { server, client, pairs } = await tineShows(context, place);
    assert.deepEqual(pairs, expected);
    const { code } = await failureOf(client.range({ key: '/registry/first/0', revision: 5 }));
    assert.equal(code, 'OUT_OF_RANGE');
    await work(new ApiServer(client), 'second');
    const { revision } = (await client.range({ key: '/registry/' })).header;
    await client.compact({ revision, physical: true });
    const after = (await client.range(withPrefix('/registry/'))).kvs.map(facts);
    await server.kill();
    assert.equal(runTine(['check', place.endpoint]).status, 0);
    await server.start();
    client.reconnect();
    assert.deepEqual((await client.range(withPrefix('/registry/'))).kvs.map(facts), after);
    await work(new ApiServer(client), 'third');
    const kept = (await client.range(withPrefix('/registry/'))).kvs.map(facts);
    await server.stop();
    assert.equal(runTine(['release', place.endpoint]).status, 0);

    const options = ['--compact-interval', '1s', '--compact-min-retain', '2'];
    await withKine(
      place,
      async (own) => {
        const isForgotten = async () =>
          (await own.range({ key: '/registry/third/0', revision: revision + 1 }).catch(() => undefined)) === undefined;
        await waitFor('kine to compact', isForgotten, { timeoutMs: 20_000, intervalMs: 200 });
        assert.deepEqual((await own.range(withPrefix('/registry/'))).kvs.map(facts), kept);
      },
      options,
    );
    assert.match(runTine(['check', place.endpoint]).stdout, /: no faults: .* a database of kine/);
  });
}

/** The events from a revision on, one line for each. */
async function eventsFrom(client: EtcdClient, startRevision: number, count: number): Promise<readonly string[]> {
  const watch = client.watch();
  await watch.create({ ...withPrefix('/registry/pods/'), start_revision: startRevision, prev_kv: true });
  const events = await watch.events(count);
  watch.close();
  return events.map(
    ({ type, kv, prev_kv }) =>
      `${kv.mod_revision} ${type} ${kv.key} ${type === 'PUT' ? kv.value : ''} < ${prev_kv?.value ?? '-'}`,
  );
}
