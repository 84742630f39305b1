import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EtcdClient,
  onePerDialect,
  ownServer,
  RpcError,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
} from '../support/index.ts';

const workerCount = 6;
const counter = 'counter';

/** A write of the lock holder: the next number and the key of the lock. */
interface Count {
  readonly number: number;
  readonly tag: string;
  readonly lockRevision: number;
}

/** A client that switches to the other server when one does not answer. */
class Wanderer {
  readonly #clients: readonly EtcdClient[];
  #at: number;

  constructor(servers: readonly Server[], start: number) {
    this.#clients = servers.map(({ address }) => new EtcdClient(address));
    this.#at = start % servers.length;
  }

  /** Repeats the request until a server replies. */
  async ask<Reply>(question: (client: EtcdClient) => Promise<Reply>): Promise<Reply> {
    for (;;) {
      const client = this.#clients[this.#at % this.#clients.length] as EtcdClient;
      try {
        return await question(client);
      } catch (error) {
        if (!(error instanceof RpcError) || error.code === 'UNKNOWN' || error.code === 'NOT_FOUND') throw error;
        client.reconnect();
        this.#at += 1;
        await sleep(20);
      }
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

/** Increments the counter under the lock. Returns the count if it certainly took effect. */
async function countOnce(wanderer: Wanderer, tag: string): Promise<Count | undefined> {
  const { ID: lease } = await wanderer.ask((client) => client.leaseGrant({ TTL: 5 }));
  const { key } = await wanderer.ask((client) => client.lock({ name: 'lock', lease }, { deadlineMs: 5_000 }));
  const lock = (await wanderer.ask((client) => client.range({ key }))).kvs[0];
  if (lock === undefined) return undefined;
  const before = (await wanderer.ask((client) => client.range({ key: counter }))).kvs[0];
  const count = {
    number: before === undefined ? 1 : countOf(before.value).number + 1,
    tag,
    lockRevision: lock.create_revision,
  };
  await sleep(5);
  const { succeeded } = await wanderer.ask((client) =>
    client.txn({
      // There is no compare with the count that was read, so two holders would overwrite each
      // other. The second compare is for a retried request.
      compare: [
        { key, target: 'CREATE', result: 'EQUAL', create_revision: lock.create_revision },
        { key: tag, target: 'CREATE', result: 'EQUAL', create_revision: 0 },
      ],
      success: [{ request_put: { key: counter, value: JSON.stringify(count) } }, { request_put: { key: tag } }],
    }),
  );
  const isMade = succeeded || (await wanderer.ask((client) => client.range({ key: tag }))).count === 1;
  await wanderer.ask((client) => client.unlock({ key }));
  return isMade ? count : undefined;
}

function countOf(value: Buffer): Count {
  return JSON.parse(value.toString()) as Count;
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: while one of two servers is killed repeatedly, clients hold a lock one at a time and no increment is lost`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    const servers = [first.server, second.server];
    const made: Count[] = [];
    let over = false;
    const work = async (which: number): Promise<void> => {
      const wanderer = new Wanderer(servers, which);
      for (let round = 0; !over; round += 1) {
        try {
          const count = await countOnce(wanderer, `tag/${which}/${round}`);
          if (count !== undefined) made.push(count);
        } catch (error) {
          // The lease ended while the client tried both servers: the next round uses another lease.
          assert.ok(error instanceof RpcError && /expired|lease not found/.test(error.details), String(error));
        }
      }
      wanderer.close();
    };
    const workers = Array.from({ length: workerCount }, (_, which) => work(which));
    for (const enough of [10, 20, 30]) {
      await waitFor('some counts', () => made.length >= enough, { timeoutMs: 30_000 });
      await first.server.kill();
      await sleep(300);
      await first.server.start();
    }
    await waitFor('more counts', () => made.length >= 40, { timeoutMs: 30_000 });
    over = true;
    await Promise.all(workers);

    const watch = second.client.watch();
    await watch.create({ key: counter, start_revision: 1 });
    const { version } = (await second.client.range({ key: counter })).kvs[0] ?? { version: 0 };
    const counts = (await watch.events(version)).map(({ kv }) => countOf(kv.value));
    watch.close();
    assert.deepEqual(
      counts.map(({ number }) => number),
      Array.from({ length: counts.length }, (_, index) => index + 1),
      'nobody overwrote what another counted',
    );
    for (const [index, { lockRevision }] of counts.entries()) {
      assert.ok(lockRevision > (counts[index - 1]?.lockRevision ?? 0), 'the lock goes to who came next, once');
    }
    const tags = new Set(counts.map(({ tag }) => tag));
    for (const { tag } of made) assert.ok(tags.has(tag), `${tag} is kept`);
  });
}
