/** Two stores on one server or in one database are independent. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { processUsage } from '../../bench/load/process-usage.ts';
import {
  type Driver,
  type EtcdClient,
  ownServer,
  type Server,
  sleep,
  TINE_DRIVERS,
  withPrefix,
} from '../support/index.ts';
import { type RolesDatabase, rolesDatabase } from '../support/postgres-roles.ts';

/** A server and its client. */
interface Instance {
  readonly server: Server;
  readonly client: EtcdClient;
}

const writeCount = 300;
const measuredMs = 4_000;
/**
 * Share of a core: twice the cost of an idle instance that is notified of writes. Without
 * notifications the instance polls.
 */
const idleShareMax = 0.02;

for (const driver of TINE_DRIVERS)
  test(`${driver.name}: two databases on one server are independent stores`, async (context) => {
    const busy = await ownServer(context, { driver });
    const quiet = await ownServer(context, { driver });
    await assertIndependent(busy, quiet, (store) => another(context, store, driver));
  });

if (TINE_DRIVERS.some(({ name }) => name === 'postgres')) {
  test('postgres: two schemas of one database are independent stores', async (context) => {
    const database = await onSharedPostgres(context);
    const roles = await twoSchemas(database);
    const [busy, quiet] = [
      await ownServer(context, { driver: roles[0] }),
      await ownServer(context, { driver: roles[1] }),
    ];
    await assertIndependent(busy, quiet, (store) => another(context, store, store === busy ? roles[0] : roles[1]));
  });

  test('postgres: a write to one schema does not wait for a write transaction in another', async (context) => {
    const database = await onSharedPostgres(context);
    const [first, second] = await twoSchemas(database);
    const stopped = await ownServer(context, { driver: first });
    const served = await ownServer(context, { driver: second });
    await stopped.client.put({ key: 'a' });
    const whileLocked = async (work: () => Promise<void>): Promise<void> => {
      await database.administrator.query('BEGIN');
      await database.administrator.query('LOCK TABLE first.kine IN EXCLUSIVE MODE');
      await work();
      await database.administrator.query('COMMIT');
    };
    let waiting: Promise<unknown> | undefined;
    await whileLocked(async () => {
      waiting = stopped.client.put({ key: 'a' });
      await sleep(200);
      assert.equal((await served.client.put({ key: 'a' })).header.revision, 2);
    });
    await waiting;
    // A start takes its own lock only.
    await whileLocked(async () => {
      await another(context, served, second);
    });
  });

  test('postgres: a schema renamed while tine is stopped keeps its store, and a new schema before it in search_path does not hide it', async (context) => {
    const database = await onSharedPostgres(context);
    const role = await database.role({ search_path: 'front, store, renamed' });
    await database.administrator.query(`CREATE SCHEMA store AUTHORIZATION ${role.user}`);
    const { server, client } = await ownServer(context, { driver: role });
    await client.put({ key: 'a', value: '1' });
    await server.stop();
    await database.administrator.query('ALTER SCHEMA store RENAME TO renamed');
    await database.administrator.query(`CREATE SCHEMA front AUTHORIZATION ${role.user}`);
    await server.start();
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), '1');
  });

  test('postgres: a search_path without a schema stops the start with advice', async (context) => {
    const database = await onSharedPostgres(context);
    const role = await database.role({ search_path: 'missing' });
    await assert.rejects(ownServer(context, { driver: role }), /search_path of user .* contains no existing schema/);
  });
}

/** Writes to one store and checks that the other one does not change. */
async function assertIndependent(
  busy: Instance,
  quiet: Instance,
  startAnother: (store: Instance) => Promise<Instance>,
): Promise<void> {
  const quietSecond = await startAnother(quiet);
  const busySecond = await startAnother(busy);
  const early = quietSecond.client.watch();
  await early.create(withPrefix('k/'));
  const before = (await quiet.client.put({ key: 'k/0' })).header.revision;
  const cpuBefore = cpuSecondsOf(quietSecond);
  const startMs = performance.now();
  await writeFor(busy, measuredMs);
  const share = (cpuSecondsOf(quietSecond) - cpuBefore) / ((performance.now() - startMs) / 1_000);
  const isTold = quiet.server.driver.name === 'postgres';
  assert.ok(
    !isTold || share < idleShareMax,
    `${(share * 100).toFixed(2)} % of a core while another store was written to`,
  );
  const late = quietSecond.client.watch();
  const { created, header } = await late.create(withPrefix('k/'));
  assert.deepEqual([created, header.revision], [true, before]);
  for (let index = 1; index <= 3; index += 1) await quiet.client.put({ key: `k/${index}` });
  const keysOf = async (watch: typeof late, count: number) =>
    (await watch.events(count)).map(({ kv }) => [kv.key.toString(), kv.mod_revision]);
  const expected = [1, 2, 3].map((index) => [`k/${index}`, before + index]);
  assert.deepEqual(await keysOf(late, 3), expected);
  assert.deepEqual(await keysOf(early, 4), [['k/0', before], ...expected]);
  assert.equal((await busySecond.client.range(withPrefix('k/'))).kvs.length, 20);
  assert.equal((await quiet.client.range(withPrefix('k/'))).kvs.length, 4);
  early.close();
  late.close();
}

/** Writes at even intervals, so that an instance woken by each write shows. */
async function writeFor({ client }: Instance, ms: number): Promise<void> {
  for (let index = 0; index < writeCount; index += 1) {
    await client.put({ key: `k/${index % 20}` });
    await sleep(ms / writeCount);
  }
}

function another(context: TestContext, { server }: Instance, driver: Driver): Promise<Instance> {
  return ownServer(context, { driver, dataDirectory: server.dataDirectory });
}

async function twoSchemas(database: RolesDatabase) {
  const roles = [
    await database.role({ search_path: 'first' }),
    await database.role({ search_path: 'second' }),
  ] as const;
  await database.administrator.query(`CREATE SCHEMA first AUTHORIZATION ${roles[0].user}`);
  await database.administrator.query(`CREATE SCHEMA second AUTHORIZATION ${roles[1].user}`);
  return roles;
}

function onSharedPostgres(context: TestContext): Promise<RolesDatabase> {
  return rolesDatabase(context, process.env.TINE_TEST_POSTGRES_URL ?? '');
}

function cpuSecondsOf({ server }: Instance): number {
  return processUsage(server.pid)?.cpuSeconds ?? Number.NaN;
}
