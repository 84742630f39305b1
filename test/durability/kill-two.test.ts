import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EtcdClient,
  type Event,
  onePerDialect,
  ownServer,
  ResumingWatch,
  RpcError,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../support/index.ts';

const roundCount = Number(process.env.TINE_TEST_ROUNDS ?? 4);
const writersPerServer = 6;

interface Written {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/**
 * Writes single keys and transactions through one server until it ends. Acknowledged writes are
 * added to `written`.
 */
async function writeThrough(server: Server, name: string, written: Written[], isOver: () => boolean): Promise<void> {
  const client = new EtcdClient(server.address);
  for (let count = 0; !isOver(); count += 1) {
    const keys = count % 5 === 0 ? ['a', 'b', 'c'].map((part) => `k/${name}/${part}`) : [`k/${count % 30}`];
    const value = `${name}.${count}`;
    try {
      const { header } = await client.txn(
        { success: keys.map((key) => ({ request_put: { key, value } })) },
        { deadlineMs: 3_000 },
      );
      written.push(...keys.map((key) => ({ key, value, revision: header.revision })));
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error));
      client.reconnect();
      await sleep(30);
    }
  }
  client.close();
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: two servers on one database, killed in turn during writes and compactions, lose and repeat nothing`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    const servers = [first.server, second.server];
    const written: Written[] = [];
    let over = false;
    const watches = servers.map(({ address }) => new ResumingWatch(new EtcdClient(address), withPrefix('k/')));
    const writers = servers.flatMap((server, which) =>
      Array.from({ length: writersPerServer }, (_, index) =>
        writeThrough(server, `${which}-${index}`, written, () => over),
      ),
    );
    for (let round = 0; round < roundCount; round += 1) {
      await sleep(600);
      const [victim, survivor] = round % 2 === 0 ? [first, second] : [second, first];
      await victim.server.kill();
      await survivor.client.compact({ revision: Math.max(1, oldestSeen(watches) - 50) }).catch(() => {});
      await sleep(200);
      await victim.server.start();
    }
    await sleep(300);
    over = true;
    await Promise.all(writers);

    for (const { client } of [first, second]) client.reconnect();
    const { revision: end } = (await first.client.put({ key: 'k/end' })).header;
    await waitFor('the watches to catch up', () => watches.every(({ lastRevision }) => lastRevision === end), {
      timeoutMs: 20_000,
    });
    for (const watch of watches) await watch.close();
    const [seen, alsoSeen] = watches.map(({ events }) => events.map(line)) as [string[], string[]];
    assert.equal(new Set(seen).size, seen.length, 'no event twice');
    assert.deepEqual(alsoSeen, seen, 'both servers tell one story');
    const told = new Set(seen);
    for (const { key, value, revision } of written)
      assert.ok(told.has(`${revision} ${key} ${value}`), `${revision} ${key}`);
    const revisions = new Set(watches[0]?.events.map(({ kv }) => kv.mod_revision));
    assert.equal(revisions.size, end - 1, 'revisions have no gap');

    const newest = new Map(watches[0]?.events.map(({ kv }) => [kv.key.toString(), kv]));
    for (const { client } of [first, second]) {
      const { kvs } = await client.range(withPrefix('k/'));
      assert.equal(kvs.length, newest.size);
      for (const kv of kvs) assert.deepEqual(kv, newest.get(kv.key.toString()));
    }
  });
}

function line({ kv }: Event): string {
  return `${kv.mod_revision} ${kv.key} ${kv.value}`;
}

function oldestSeen(watches: readonly ResumingWatch[]): number {
  return Math.min(...watches.map(({ lastRevision }) => lastRevision));
}
