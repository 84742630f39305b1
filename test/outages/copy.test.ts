import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type EtcdClient, failureOf, ownServer, sqlite } from '../support/index.ts';
import { freezeWithChildren } from '../support/process-tree.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { serving, testDatabase } from '../transfer/databases.ts';
import { FollowProcess } from '../transfer/follow-process.ts';
import { DATABASES, type ManagedDatabase } from './databases.ts';

/**
 * The delay in one direction between the copy and its source. After the source was made to refuse
 * writes, the copy completes at least six delays later. A copy counts as level with its source only
 * within 250 ms.
 */
const delayMs = 80;

/** Within this time after the database froze, the copy reports it. */
const reportMsMax = 15_000;

/** A cutover whose database froze right after the source was made to refuse writes. */
async function frozenCutover(context: TestContext, managed: ManagedDatabase) {
  const source = await ownServer(context, { driver: sqlite });
  const proxy = await TcpProxy.start(source.server.port);
  context.after(() => proxy.close());
  for (let index = 0; index < 10; index += 1) await source.client.put({ key: `/a/${index}`, value: 'x' });
  const server = await managed.start();
  context.after(() => server.remove());
  // The databases are removed with the server.
  const driver = { ...managed.driverAt(() => server.url), dropStorage: async () => {} };
  const target = await testDatabase(context, driver);
  proxy.delayMs = delayMs;
  const copy = new FollowProcess(`http://127.0.0.1:${proxy.port}`, target.endpoint, '--cutover');
  context.after(() => copy.end('SIGKILL'));
  await copy.untilPrinted(/refuses writes from now on/);
  const thaw = freezeWithChildren(server.pid);
  context.after(thaw);
  return { client: source.client, target, copy, thaw };
}

async function refusesWrites(client: EtcdClient): Promise<void> {
  assert.equal((await failureOf(client.put({ key: '/late' }))).code, 'DATA_LOSS');
}

for (const managed of DATABASES) {
  test(`${managed.name}: a database that freezes in a cutover is reported, and the cutover completes after it`, async (context) => {
    const { client, target, copy, thaw } = await frozenCutover(context, managed);
    const frozenAtMs = performance.now();
    await copy.untilPrinted(
      /: the database has not answered for \d+ s; the source refuses writes meanwhile; trying again in 0\.5 s\n/,
    );
    assert.ok(performance.now() - frozenAtMs < reportMsMax, copy.printed);
    await refusesWrites(client);
    await copy.untilPrinted(/trying again in 1 s\n/);
    thaw();
    assert.deepEqual(await copy.ended(), { status: 0, signal: null }, copy.printed);
    assert.match(copy.printed, /moved up to revision \d+, 10 keys; the source has refused writes for/);
    await serving(target, async (own) => {
      assert.equal((await own.range({ key: '/a/', range_end: '/a0' })).count, 10);
    });
  });

  test(`${managed.name}: a stop ends a copy whose database is frozen, and prints that the source refuses writes`, async (context) => {
    const { copy } = await frozenCutover(context, managed);
    const stoppedAtMs = performance.now();
    assert.deepEqual(await copy.end('SIGTERM'), { status: 1, signal: null });
    assert.ok(performance.now() - stoppedAtMs < 8_000, copy.printed);
    assert.match(
      copy.printed,
      /the cutover is not complete, and the source refuses writes: .* accept writes again: etcdctl --endpoints http:\/\/127\.0\.0\.1:\d+ alarm disarm\n/,
    );
  });
}
