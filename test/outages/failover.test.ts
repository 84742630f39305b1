import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { type Driver, ownServer, sleep, waitFor, withPrefix } from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { PostgresServer, PostgresStandby } from '../support/postgres-server.ts';
import { onThisMachine } from '../support/slowness.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { DATABASES, type ManagedDatabase } from './databases.ts';
import { listDriver } from './host-list.ts';
import { Traffic } from './traffic.ts';

/** The promise: writes work again within this many ms after a promotion. */
const writesAgainMsMax = 5_000;

function known(name: string): readonly ManagedDatabase[] {
  return DATABASES.filter((database) => database.name === name);
}

for (const database of known('postgres')) {
  test('postgres: when the primary dies, writes continue on the promoted standby, and the old primary is not used again', async (context) => {
    const primary = await PostgresServer.start();
    context.after(() => primary.remove());
    const administrator = await database.administrator(primary);
    await administrator.createUser();
    await administrator.close();
    const standby = await PostgresStandby.follow(primary);
    context.after(() => standby.remove());
    await ask(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'", 'SELECT pg_reload_conf()');

    const driver = pair(database, primary.port, standby.port, primary.url);
    const { server: tine, client } = await ownServer(context, { driver });
    const traffic = await Traffic.start(context, tine);
    await primary.kill();
    await traffic.isRefused();
    await ask(standby, "ALTER SYSTEM SET synchronous_standby_names = ''", 'SELECT pg_promote()');
    const { writesMs } = await traffic.flows();
    context.diagnostic(`writes ${Math.round(writesMs)} ms after the promotion`);
    assert.ok(writesMs < onThisMachine(writesAgainMsMax), `writes took ${writesMs} ms`);

    // The old primary still accepts writes.
    await primary.start();
    await ask(primary, "ALTER SYSTEM SET synchronous_standby_names = ''", 'SELECT pg_reload_conf()');
    await traffic.recovered();
    const { refusedCount } = traffic;
    await sleep(8_000);
    await traffic.flows();
    assert.equal(traffic.refusedCount, refusedCount, 'no request fails because of the stale primary');
    await traffic.assertWhole();
    assert.match(tine.log(), /switched to another database host/);

    // A new instance has no memory of the failover. It checks both servers and uses the same one.
    // The stale primary has fewer rows.
    const stored = () => client.range({ ...withPrefix('traffic/'), count_only: true });
    const before = await stored();
    await tine.stop();
    await tine.start();
    assert.equal((await stored()).count, before.count);
    assert.equal((await client.put({ key: 'a' })).header.revision, before.header.revision + 1);
  });
}

async function ask(server: PostgresServer, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: `${server.url}/postgres` });
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: readonly unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** A driver with two hosts. The databases are removed with their servers. */
function pair(database: ManagedDatabase, first: number, second: number, url: string): Driver {
  return {
    ...listDriver(
      database.driverAt(() => database.urlAt(first)),
      [first, second],
    ),
    dropStorage: database.driverAt(() => url).dropStorage,
  };
}

for (const database of known('mariadb')) {
  /** Two servers that replicate from each other, as in pairs with a planned switchover. */
  let servers: readonly [MariadbServer, MariadbServer];

  before(async () => {
    const settings = (id: number) => ({ server_id: `${id}`, log_bin: 'log', gtid_domain_id: `${id}` });
    servers = await Promise.all([
      MariadbServer.start({ settings: settings(1) }),
      MariadbServer.start({ settings: settings(2) }),
    ]);
    const [first, second] = servers;
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const { user, password } = accountOf(other);
      await run(
        one,
        `CHANGE MASTER TO master_host = '127.0.0.1', master_port = ${other.port}, master_user = '${user}', master_password = '${password}', master_use_gtid = slave_pos`,
      );
    }
    // The test users are created on each server.
    await run(first, 'START SLAVE');
    await run(second, 'START SLAVE');
    const administrator = await database.administrator(first);
    await administrator.createUser();
    await administrator.close();
  });
  after(() => Promise.all(servers.map((server) => server.remove())));

  test('mariadb: writes move to whichever server is not read-only', async (context) => {
    const [first, second] = servers;
    await run(second, 'SET GLOBAL read_only = 1');
    const proxy = await TcpProxy.start(first.port);
    context.after(() => proxy.close());
    const { server: tine } = await ownServer(context, {
      driver: pair(database, proxy.port, second.port, first.url),
    });
    const traffic = await Traffic.start(context, tine);
    const switchOver = async (from: MariadbServer, to: MariadbServer) => {
      await run(from, 'SET GLOBAL read_only = 1');
      await waitFor('the other to catch up', async () => (await newestId(from)) === (await newestId(to)));
      await run(to, 'SET GLOBAL read_only = 0');
      const { writesMs } = await traffic.flows();
      context.diagnostic(`writes after ${Math.round(writesMs)} ms`);
      assert.ok(writesMs < onThisMachine(writesAgainMsMax), `writes took ${writesMs} ms`);
    };
    await switchOver(first, second);
    await switchOver(second, first);

    // The network to the first server is silent while the second one becomes writable.
    proxy.swallow();
    await switchOver(first, second);
    proxy.cut();
    proxy.stopSwallowing();
    // Both servers are writable now, as after an operator's error: the one in use is kept.
    await run(first, 'SET GLOBAL read_only = 0');
    await traffic.recovered();
    const { refusedCount } = traffic;
    await sleep(8_000);
    await traffic.flows();
    assert.equal(traffic.refusedCount, refusedCount);
    await run(first, 'SET GLOBAL read_only = 1');
    await traffic.assertWhole();
    await waitFor(
      'the first to have what the second has',
      async () => (await newestId(first)) === (await newestId(second)),
    );
    await run(first, 'SET GLOBAL read_only = 0');
  });
}

function accountOf({ url }: MariadbServer): { readonly user: string; readonly password: string } {
  const [, user = '', password = ''] = /\/\/(.*?):(.*?)@/.exec(url) ?? [];
  return { user, password };
}

async function run(server: MariadbServer, text: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ ...accountOf(server), host: '127.0.0.1', port: server.port });
  try {
    return (await connection.query<RowDataPacket[]>(text))[0];
  } finally {
    await connection.end();
  }
}

/** The newest id in tine's only database. */
async function newestId(server: MariadbServer): Promise<number> {
  const [found] = await run(
    server,
    "SELECT table_schema AS name FROM information_schema.tables WHERE table_name = 'kine'",
  );
  const [newest] = await run(server, `SELECT max(id) AS id FROM ${found?.name}.kine`);
  return Number(newest?.id);
}
