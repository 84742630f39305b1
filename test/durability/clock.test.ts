/**
 * Wall clocks of instances and of the database server are changed while leases run. No lease ends
 * early or more than two seconds late.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DatabaseServer } from '../support/database-server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import {
  type Driver,
  type EtcdClient,
  FILE_DRIVERS,
  mariadbAt,
  onePerDialect,
  ownServer,
  postgresAt,
  type RpcError,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
} from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { scrape } from '../support/scrape.ts';
import { onThisMachine } from '../support/slowness.ts';

const hourSeconds = 3_600;
const steps = [
  { name: 'an hour ahead', aheadSeconds: hourSeconds },
  { name: 'two hours back', aheadSeconds: -2 * hourSeconds },
];

/** The promise: a lease ends at most this long after its TTL. */
const lateMsMax = 2_000;

interface Lease {
  readonly name: string;
  readonly ttlSeconds: number;
  /** The lease is renewed every half second for this time. */
  readonly keptForMs: number;
}

/**
 * Sends a write again if it is refused once. A signal handler that interrupts libfaketime sees the
 * true time, and Postgres then ends a wait for a lock at once.
 */
async function written<Reply>(write: () => Promise<Reply>): Promise<Reply> {
  try {
    return await write();
  } catch (error) {
    assert.equal((error as RpcError).code, 'UNAVAILABLE');
    return await write();
  }
}

/**
 * Checks a lease with a key. The key must be deleted one TTL after the last renewal: never earlier,
 * and at most a little later.
 */
async function assertKeepsTime(client: EtcdClient, { name, ttlSeconds, keptForMs }: Lease): Promise<void> {
  const key = `lease/${name}`;
  let requestMs = 0;
  const { ID } = await written(() => {
    requestMs = performance.now();
    return client.leaseGrant({ TTL: ttlSeconds });
  });
  let answerMs = performance.now();
  const watch = client.watch();
  await watch.create({ key, filters: ['NOPUT'] });
  await written(() => client.put({ key, lease: ID }));
  const keeper = client.keepAlive();
  const keepUntilMs = performance.now() + keptForMs;
  while (performance.now() < keepUntilMs) {
    await sleep(500);
    requestMs = performance.now();
    assert.equal((await keeper.renew(ID)).TTL, ttlSeconds, `${name} ended while it was renewed`);
    answerMs = performance.now();
  }
  keeper.close();
  await watch.events(1, { timeoutMs: (ttlSeconds + 30) * 1_000 });
  const endMs = performance.now();
  watch.close();
  const bound = ttlSeconds * 1_000;
  assert.ok(endMs - answerMs >= bound, `${name} ended after ${endMs - answerMs} ms`);
  assert.ok(endMs - requestMs <= bound + onThisMachine(lateMsMax), `${name} lasted ${endMs - requestMs} ms`);
}

/** Checks leases of each client during and after a change of a clock. */
async function assertLeasesKeepTime(clients: readonly EtcdClient[], setClock: () => Promise<void>): Promise<void> {
  const lives = (round: string) =>
    clients.flatMap((client, index) =>
      [
        { name: `${round}/${index}/alone`, ttlSeconds: 6, keptForMs: 0 },
        { name: `${round}/${index}/renewed`, ttlSeconds: 3, keptForMs: 5_000 },
      ].map((lease) => assertKeepsTime(client, lease)),
    );
  const long = await Promise.all(clients.map((client) => written(() => client.leaseGrant({ TTL: 100 }))));
  const setting = async () => {
    await sleep(1_000);
    await setClock();
    await Promise.all(lives('after'));
  };
  await Promise.all([...lives('before'), setting()]);
  for (const { ID } of long) {
    for (const client of clients) {
      const { TTL } = await client.leaseTimeToLive({ ID });
      assert.ok(TTL > 70 && TTL < 100, `a long lease has ${TTL} s left`);
    }
  }
}

/** The change of a clock is logged and counted. */
async function assertNoticed(server: Server, clock: 'machine' | 'database'): Promise<void> {
  const text = clock === 'machine' ? /the machine's clock was set/ : /the database server's clock was set/;
  await waitFor('a line about the clock', () => text.test(server.log()), { timeoutMs: 15_000 });
  const family = (await scrape(server)).get('tine_clock_jumps_total');
  const sample = family?.samples.find(({ labels }) => labels.clock === clock);
  assert.equal(sample?.value, 1);
}

for (const driver of FILE_DRIVERS) {
  for (const { name, aheadSeconds } of steps) {
    test(`${driver.name}: leases end on time when the clock of the machine is set ${name}`, async (context) => {
      const clock = new FakeClock();
      const { server, client } = await ownServer(context, { driver, environment: clock.environment });
      await assertLeasesKeepTime([client], () => clock.set(aheadSeconds));
      await assertNoticed(server, 'machine');
    });

    test(`${driver.name}: leases end on time when the clock is set ${name} before a restart`, async (context) => {
      const clock = new FakeClock();
      const { server, client } = await ownServer(context, { driver, environment: clock.environment });
      const { ID } = await client.leaseGrant({ TTL: 4 });
      await client.put({ key: 'k', lease: ID });
      await server.kill();
      await clock.set(aheadSeconds);
      const startMs = performance.now();
      await server.start();
      const startedMs = performance.now();
      const isThere = async () => (await client.range({ key: 'k' })).count === 1;
      // Every lease has its whole time again.
      await sleep(3_000);
      assert.ok(await isThere());
      await waitFor('the end of the lease', async () => !(await isThere()), { timeoutMs: 30_000 });
      const endMs = performance.now();
      assert.ok(endMs - startMs >= 4_000, `the lease ended ${endMs - startMs} ms after the start`);
      assert.ok(endMs - startedMs <= 4_000 + onThisMachine(lateMsMax), `the lease lasted ${endMs - startedMs} ms`);
    });
  }
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: leases of two instances end on time when one machine's clock is set an hour ahead and the other's two hours back`, async (context) => {
    const clocks = [new FakeClock(), new FakeClock()] as const;
    const { first, second } = await twoInstances(context, driver, clocks);
    await assertLeasesKeepTime([first.client, second.client], async () => {
      await clocks[0].set(hourSeconds);
      await clocks[1].set(-2 * hourSeconds);
    });
    await assertNoticed(first.server, 'machine');
    await assertNoticed(second.server, 'machine');
  });
}

interface Kind {
  readonly name: string;
  start(options: { environment: Readonly<Record<string, string>> }): Promise<DatabaseServer>;
  at(url: () => string): Driver;
}

const kinds: readonly Kind[] = [
  { name: 'postgres', start: (options) => PostgresServer.start(options), at: postgresAt },
  { name: 'mariadb', start: (options) => MariadbServer.start(options), at: mariadbAt },
];

for (const { name: database, start, at } of kinds.filter((kind) =>
  TINE_DRIVERS.some(({ name }) => name === kind.name),
)) {
  for (const { name, aheadSeconds } of steps) {
    test(`${database}: with instances whose clocks differ by an hour, leases end on time when the database's clock is set ${name}`, async (context) => {
      const databaseClock = new FakeClock();
      const server = await start({ environment: databaseClock.environment });
      context.after(() => server.remove());
      const { first, second } = await twoInstances(
        context,
        at(() => server.url),
        [new FakeClock(), new FakeClock(hourSeconds)],
      );
      await assertLeasesKeepTime([first.client, second.client], () => databaseClock.set(aheadSeconds));
      await assertNoticed(first.server, 'database');
      await assertNoticed(second.server, 'database');
      // Both list the same members again.
      await waitFor(
        'both instances in the list',
        async () => (await first.client.memberList({})).members.length === 2,
        {
          timeoutMs: 25_000,
        },
      );
    });
  }
}

async function twoInstances(context: TestContext, driver: Driver, clocks: readonly [FakeClock, FakeClock]) {
  const first = await ownServer(context, { driver, environment: clocks[0].environment });
  const second = await ownServer(context, {
    driver,
    dataDirectory: first.server.dataDirectory,
    environment: clocks[1].environment,
  });
  return { first, second };
}
