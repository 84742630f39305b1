/** tine behind a pooler that runs each transaction in any free session of the server. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import {
  type Driver,
  ownServer,
  postgresAt,
  runTine,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { type PgbouncerOptions, pooledUrl, startPgbouncer } from '../support/pgbouncer.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { onThisMachine } from '../support/slowness.ts';
import { provideUnstable, unstableCommand } from '../support/unstable-package.ts';

interface Pooler extends Pick<PgbouncerOptions, 'mode' | 'settings'> {
  readonly name: string;
  /** Whether the pooler supports prepared statements, as tine's log reports. */
  readonly keepsStatements: boolean;
  readonly command: () => Promise<readonly string[]>;
}

const debians = async () => ['/usr/sbin/pgbouncer'];
const newest = async () => {
  await provideUnstable('pgbouncer', 'leave test/durability/pooler.test.ts out');
  return unstableCommand('pgbouncer', 'usr/sbin/pgbouncer');
};

const poolers: readonly Pooler[] = [
  { name: 'pgbouncer 1.18', keepsStatements: false, command: debians },
  { name: 'the newest pgbouncer', keepsStatements: true, command: newest },
  {
    name: 'the newest pgbouncer without prepared statements',
    keepsStatements: false,
    command: newest,
    settings: ['max_prepared_statements = 0'],
  },
  { name: 'pgbouncer 1.18 that pools sessions', keepsStatements: false, command: debians, mode: 'session' },
];

/**
 * Sessions of the server, fewer than tine has connections: each transaction may run in another
 * session.
 */
const poolSize = 4;
/** A pooler of sessions gives each connection one. */
const sessionPoolSize = 30;

const serverUrl = () => process.env.TINE_TEST_POSTGRES_URL ?? '';

if (TINE_DRIVERS.some(({ name }) => name === 'postgres')) {
  for (const pooler of poolers) {
    test(`postgres: behind ${pooler.name} every request is answered, watches are complete, and other clients of the pool see no leftover state`, async (context) => {
      const { driver, url } = await pooled(context, pooler);
      const { client, server } = await ownServer(context, { driver });
      const watch = client.watch();
      await watch.create(withPrefix('k/'));
      for (let index = 0; index < 60; index += 1) await client.put({ key: `k/${index}`, value: 'v' });
      const mixed = Array.from({ length: 120 }, (_, index) => {
        const key = `k/${index % 60}`;
        if (index % 3 === 0) return client.put({ key, value: `${index}` });
        return index % 3 === 1 ? client.range({ key }) : client.range({ ...withPrefix('k/'), limit: 20 });
      });
      await Promise.all(mixed);
      assert.equal((await watch.events(100)).length, 100);
      watch.close();
      await client.defragment({});
      await client.put({ key: 'large', value: Buffer.alloc(1_000_000, 1) });
      assert.equal((await client.range({ key: 'large' })).kvs[0]?.value.length, 1_000_000);
      const kept = pooler.keepsStatements ? 'keeps' : 'does not keep';
      assert.match(server.log(), new RegExp(`behind a pooler that ${kept} prepared statements`));
      await assertNothingLeft(url(databaseOf(server)));
      assert.doesNotMatch(server.log(), /prepared statement "|"level":"error"/);
    });
  }

  test('postgres: instances behind and beside a pooler notify each other, and a restart finds its data', async (context) => {
    const { driver } = await pooled(context, poolers[0] as Pooler);
    const behind = await ownServer(context, { driver });
    const direct: Driver = {
      ...postgresAt(serverUrl),
      storageArguments: () => postgresAt(serverUrl).storageArguments(behind.server.dataDirectory),
      dropStorage: async () => {},
    };
    const beside = await ownServer(context, { driver: direct });
    for (const [writer, watcher] of [
      [behind, beside],
      [beside, behind],
    ] as const) {
      const watch = watcher.client.watch();
      await watch.create({ key: 'a' });
      await sleep(300);
      const startMs = performance.now();
      await writer.client.put({ key: 'a' });
      await watch.events(1);
      const lagMs = performance.now() - startMs;
      assert.ok(lagMs < onThisMachine(1_000), `the event took ${lagMs} ms`);
      watch.close();
    }
    await behind.server.stop();
    await behind.server.start();
    assert.equal((await behind.client.range({ key: 'a' })).kvs[0]?.version, 2);
  });

  test('postgres: when the server behind a pooler becomes a standby, no request is answered from its old data', async (context) => {
    const primary = await PostgresServer.start();
    context.after(() => primary.remove());
    const port = await startPgbouncer(context, {
      command: await debians(),
      serverUrl: primary.url,
      poolSize,
    });
    const driver: Driver = {
      ...postgresAt(() => pooledUrl(primary.url, port, 'postgres')),
      dropStorage: async () => {},
    };
    const { client, server } = await ownServer(context, { driver });
    await client.put({ key: 'a', value: '1' });
    await client.range({ key: 'a' });
    await primary.restartAsStandby();
    const read = () =>
      client.range({ key: 'a' }).then(
        ({ kvs }) => kvs[0]?.value.toString(),
        ({ code }: { readonly code: string }) => code,
      );
    for (let count = 0; count < 20; count += 1) {
      assert.equal(await read(), 'UNAVAILABLE');
      await sleep(100);
    }
    assert.match(server.log(), /the database accepts no writes/);
    await primary.promote();
    await waitFor('an answer', async () => (await read()) === '1', { timeoutMs: onThisMachine(15_000) });
    await client.put({ key: 'a', value: '2' });
  });

  test("postgres: tine's commands work through a pooler and leave no lock behind", async (context) => {
    const { driver, url } = await pooled(context, poolers[0] as Pooler);
    const { client, server } = await ownServer(context, { driver });
    await client.put({ key: 'a', value: '1' });
    await server.stop();
    const address = url(databaseOf(server));
    for (const command of [
      ['check', address],
      ['release', address],
      ['check', address],
    ]) {
      const { status, stdout, stderr } = runTine(command);
      assert.equal(status, 0, `${command[0]}: ${stdout}${stderr}`);
    }
    const copied = `${databaseOf(server)}_copy`;
    const copy = runTine(['copy', '--from', address, '--to', url(copied)]);
    context.after(async () => {
      const administrator = await connected(new URL('/postgres', serverUrl()).href);
      await administrator.query(`DROP DATABASE IF EXISTS ${copied} WITH (FORCE)`);
      await administrator.end();
    });
    assert.equal(copy.status, 0, copy.stdout + copy.stderr);
    await assertNothingLeft(address);
    await server.start();
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), '1');
  });

  for (const mode of ['cache_statement', 'cache_describe', 'describe_exec', 'exec', 'simple_protocol']) {
    test(`postgres: default_query_exec_mode=${mode} takes effect`, async (context) => {
      const base = postgresAt(serverUrl);
      const withMode = (text: string) => (text.includes('://') ? `${text}?default_query_exec_mode=${mode}` : text);
      const driver = {
        ...base,
        storageArguments: (directory: string) => base.storageArguments(directory).map(withMode),
      };
      const { client, server } = await ownServer(context, { driver });
      for (let index = 0; index < 5; index += 1) await client.put({ key: 'a' });
      const isDirect = mode === 'cache_statement';
      assert.equal(server.log().includes('default_query_exec_mode names a pooler: settings are sent with'), !isDirect);
      assert.doesNotMatch(server.log(), /ignored|"level":"error"/);
    });
  }
}

async function pooled(context: TestContext, { command, mode = 'transaction', settings = [] }: Pooler) {
  const port = await startPgbouncer(context, {
    command: await command(),
    serverUrl: serverUrl(),
    poolSize: mode === 'session' ? sessionPoolSize : poolSize,
    mode,
    settings,
  });
  const url = (database: string) => pooledUrl(serverUrl(), port, database);
  const direct = postgresAt(serverUrl);
  const driver: Driver = { ...postgresAt(() => url('postgres')), dropStorage: direct.dropStorage };
  return { driver, url };
}

function databaseOf({ driver, dataDirectory }: Server): string {
  return new URL(driver.storageArguments(dataDirectory).at(-1) ?? '').pathname.slice(1);
}

/**
 * Checks what another client of the pool may find, in all sessions of the server. The checks run at
 * once, so that each has its own session.
 */
async function assertNothingLeft(url: string): Promise<void> {
  const clients = await Promise.all(Array.from({ length: poolSize }, () => connected(url)));
  const found = await Promise.all(
    clients.map(async (client) => {
      await client.query('BEGIN');
      const { rows } = await client.query<{ left_behind: string }>(leftBehind);
      await sleep(100);
      await client.query('COMMIT');
      await client.end();
      return rows.map(({ left_behind }) => left_behind);
    }),
  );
  assert.deepEqual(found.flat(), []);
}

/**
 * Some settings of a session are the pooler's own. The pooler also gives its own names to the
 * statements that it keeps.
 */
const leftBehind = `SELECT 'setting ' || name AS left_behind FROM pg_settings
  WHERE source = 'session' AND lower(name) NOT IN ('application_name', 'client_encoding', 'datestyle', 'timezone', 'standard_conforming_strings')
  UNION ALL SELECT 'statement ' || name FROM pg_prepared_statements WHERE name NOT LIKE 'PGBOUNCER%'
  UNION ALL SELECT 'channel ' || name FROM pg_listening_channels() AS name
  UNION ALL SELECT 'lock ' || objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`;

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}
