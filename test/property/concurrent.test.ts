import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import {
  DRIVERS,
  type Driver,
  EtcdClient,
  type Event,
  onePerDialect,
  Server,
  type Suite,
  suite,
  TINE_DRIVERS,
  type TxnResponse,
  withPrefix,
} from '../support/index.ts';

const clientCount = 8;
const seed = chosenSeed();
/** How many times longer than by default. 10 takes about a minute and a half. */
const factor = numberFromEnvironment('TINE_TEST_FACTOR', 1);

/**
 * One server, or several over one database. In both cases all results that clients see must fit
 * together.
 */
interface Place {
  readonly name: string;
  readonly shared: Suite;
  /** The addresses that clients use in turn. */
  readonly addresses: () => string[];
}

function alone(driver: Driver): Place {
  const shared = suite(driver);
  return { name: driver.name, shared, addresses: () => [shared.server.address] };
}

function withNeighbour(driver: Driver): Place {
  let neighbour: Server | undefined;
  const shared = suite(driver, {
    prepare: async ({ server }) => {
      neighbour = await Server.start({ driver, dataDirectory: server.dataDirectory });
    },
  });
  after(() => neighbour?.remove());
  const addresses = () => [shared.server, neighbour].flatMap((server) => server?.address ?? []);
  return { name: `${driver.name}, two servers`, shared, addresses };
}

for (const place of [...onePerDialect(DRIVERS).map(alone), ...onePerDialect(TINE_DRIVERS).map(withNeighbour)]) {
  const { name, shared } = place;

  test(`${name}: compare-and-swap increments from many clients are never lost`, async () => {
    const prefix = shared.prefix();
    const counters = [1, 2, 3].map((index) => `${prefix}counter/${index}`);
    const incrementCount = 40 * factor;
    const watching = await watchFrom(place, prefix);

    const wins = await withClients(place, async (client, index) => {
      const random = new Random(seed + index);
      const won: { key: string; value: number; revision: number }[] = [];
      while (won.length < incrementCount) won.push(await increment(client, random.pick(counters)));
      return won;
    });

    const all = wins.flat().sort((left, right) => left.revision - right.revision);
    assert.equal(all.length, clientCount * incrementCount);
    for (const key of counters) {
      const values = all.filter((win) => win.key === key).map((win) => win.value);
      assert.deepEqual(values, range(1, values.length), 'each increment saw the one before it');
      const { kvs } = await shared.client.range({ key });
      assert.equal(kvs[0]?.value.toString(), String(values.length));
      assert.equal(kvs[0]?.version, values.length);
    }
    const events = await watching.events(all.length);
    assert.deepEqual(
      events.map(({ kv }) => ({ key: kv.key.toString(), value: Number(kv.value), revision: kv.mod_revision })),
      all,
      'the watch shows each acknowledged increment once, in the order of revisions',
    );
  });

  test(`${name}: exactly one of many clients that create a key concurrently succeeds`, async () => {
    const prefix = shared.prefix();
    for (let round = 0; round < 20 * factor; round += 1) {
      const key = `${prefix}lock/${round}`;
      const replies = await withClients(place, (client, index) => createOnly(client, key, String(index)));
      const winners = replies.map((reply, index) => (reply.succeeded ? index : -1)).filter((index) => index >= 0);
      assert.equal(winners.length, 1, `round ${round}: winners are ${winners.join(', ')}`);
      for (const reply of replies.filter((one) => !one.succeeded)) {
        const [seen] = reply.responses[0]?.response_range?.kvs ?? [];
        assert.equal(seen?.value.toString(), String(winners[0]), 'who loses reads who won');
      }
    }
  });

  test(`${name}: writes of many clients get consecutive revisions, and a watch shows all of them in order`, async () => {
    const prefix = shared.prefix();
    const writeCount = 100 * factor;
    const watching = await watchFrom(place, prefix);

    const writes = await withClients(place, async (client, index) => {
      const random = new Random(seed + index);
      const own: { revision: number; key: string; value: string }[] = [];
      for (let write = 0; write < writeCount; write += 1) {
        const key = `${prefix}${random.below(20)}`;
        const value = `${index}-${write}`;
        const { header } = await client.put({ key, value });
        assert.ok(header.revision > (own.at(-1)?.revision ?? 0), 'a client sees its own writes in order');
        own.push({ revision: header.revision, key, value });
      }
      return own;
    });

    const all = writes.flat().sort((left, right) => left.revision - right.revision);
    const first = all[0]?.revision ?? 0;
    assert.deepEqual(
      all.map(({ revision }) => revision),
      range(first, all.length),
      'nobody else writes, so no revision is missing',
    );
    const events = await watching.events(all.length);
    assert.deepEqual(
      events.map(({ kv }) => ({ revision: kv.mod_revision, key: kv.key.toString(), value: kv.value.toString() })),
      all,
    );
  });

  test(`${name}: a read contains every write acknowledged before it began, and revisions never go back`, async () => {
    const prefix = shared.prefix();
    const newest = new Map<string, number>();
    let isWriting = true;

    const write = async (client: EtcdClient, index: number) => {
      for (let count = 1; count <= 150 * factor; count += 1) {
        await client.put({ key: `${prefix}${index}`, value: String(count) });
        newest.set(`${prefix}${index}`, count);
      }
      isWriting = false;
    };
    const read = async (client: EtcdClient) => {
      let lastRevision = 0;
      while (isWriting) {
        const acknowledged = new Map(newest);
        const { header, kvs, count } = await client.range(withPrefix(prefix));
        assert.ok(header.revision >= lastRevision, `revision ${header.revision} after ${lastRevision}`);
        lastRevision = header.revision;
        assert.equal(count, kvs.length);
        const seen = new Map(kvs.map((kv) => [kv.key.toString(), Number(kv.value)]));
        for (const [key, value] of acknowledged)
          assert.ok((seen.get(key) ?? 0) >= value, `${key} was ${value} already`);
      }
    };
    await withClients(place, (client, index) => (index % 2 === 0 ? write(client, index) : read(client)));
  });

  test(`${name}: a transaction over several keys is visible completely or not at all`, async () => {
    const prefix = shared.prefix();
    const accounts = range(0, 6).map((index) => `${prefix}account/${index}`);
    const total = accounts.length * 100;
    for (const key of accounts) await shared.client.put({ key, value: '100' });
    const transferCount = 25 * factor;
    const watching = await watchFrom(place, prefix);
    let running = clientCount / 2;

    const transfers = async (client: EtcdClient, index: number) => {
      const random = new Random(seed + index);
      for (let done = 0; done < transferCount; ) if (await transfer(client, random, accounts)) done += 1;
      running -= 1;
    };
    const audits = async (client: EtcdClient) => {
      while (running > 0) {
        const { kvs } = await client.range(withPrefix(prefix));
        assert.equal(sum(kvs.map((kv) => Number(kv.value))), total);
      }
    };
    await withClients(place, (client, index) => (index % 2 === 0 ? transfers(client, index) : audits(client)));

    const responses = await watching.responses((clientCount / 2) * transferCount * 2);
    const balances = new Map(accounts.map((key) => [key, 100]));
    for (const events of responses) {
      for (const { kv } of events) balances.set(kv.key.toString(), Number(kv.value));
      assert.equal(sum([...balances.values()]), total, 'the two events of a transfer come in one response');
    }
  });
}

/** Runs the same work on several clients at the same time. */
async function withClients<T>(place: Place, work: (client: EtcdClient, index: number) => Promise<T>): Promise<T[]> {
  const addresses = place.addresses();
  const clients = range(0, clientCount).map((index) => new EtcdClient(addresses[index % addresses.length] ?? ''));
  try {
    return await Promise.all(clients.map(work));
  } finally {
    for (const client of clients) client.close();
  }
}

/** A watch through the last server from now on. The caller ends it. */
async function watchFrom(place: Place, prefix: string) {
  const client = new EtcdClient(place.addresses().at(-1) ?? '');
  const stream = client.watch();
  await stream.create(withPrefix(prefix));
  const responses = async (eventCount: number): Promise<Event[][]> => {
    const received: Event[][] = [];
    while (received.flat().length < eventCount) received.push((await stream.next()).events);
    stream.close();
    client.close();
    assert.equal(received.flat().length, eventCount, 'no event comes twice');
    return received;
  };
  return { responses, events: async (eventCount: number) => (await responses(eventCount)).flat() };
}

/**
 * Reads and swaps until a swap succeeds. Returns the value that this client wrote, and its
 * revision.
 */
async function increment(client: EtcdClient, key: string): Promise<{ key: string; value: number; revision: number }> {
  for (;;) {
    const [current] = (await client.range({ key })).kvs;
    const value = Number(current?.value ?? 0) + 1;
    const reply = await client.txn({
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: current?.mod_revision ?? 0 }],
      success: [{ request_put: { key, value: String(value) } }],
    });
    if (reply.succeeded) return { key, value, revision: reply.header.revision };
  }
}

function createOnly(client: EtcdClient, key: string, value: string): Promise<TxnResponse> {
  return client.txn({
    compare: [{ key, target: 'CREATE', result: 'EQUAL', create_revision: 0 }],
    success: [{ request_put: { key, value } }],
    failure: [{ request_range: { key } }],
  });
}

/** Moves an amount from one account to another. False when another client wrote first. */
async function transfer(client: EtcdClient, random: Random, accounts: readonly string[]): Promise<boolean> {
  const from = random.pick(accounts);
  const to = random.pick(accounts.filter((key) => key !== from));
  const amount = random.between(1, 9);
  const [giver, taker] = await Promise.all([from, to].map(async (key) => (await client.range({ key })).kvs[0]));
  assert.ok(giver && taker);
  const unchanged = [giver, taker].map((kv) => ({
    key: kv.key,
    target: 'MOD' as const,
    result: 'EQUAL' as const,
    mod_revision: kv.mod_revision,
  }));
  const reply = await client.txn({
    compare: unchanged,
    success: [
      { request_put: { key: from, value: String(Number(giver.value) - amount) } },
      { request_put: { key: to, value: String(Number(taker.value) + amount) } },
    ],
  });
  return reply.succeeded;
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
