import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type OfflineServer, offlineServer } from '../../../../src/drivers/remote/offline-server.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import type { Query } from '../../../../src/mvcc/program.ts';
import type { Row } from '../../../../src/sql/statement.ts';

/** A server whose replies on the first connection the test gives. The others, for polls, answer. */
function server(context: TestContext, run: (query: Query) => Promise<readonly Row[]>) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let state: 'open' | 'closed' | 'abandoned' = 'open';
  let close = async (): Promise<void> => {};
  let connectionCount = 0;
  const access = offlineServer({
    dsn: { kind: 'postgres', hosts: [{ host: 'db', port: 5432 }], database: 'kine', user: 'me' },
    classifyError: (error: unknown) => error as Error,
    beginSnapshot: [],
    connect: async () => ({
      run: connectionCount++ === 0 ? run : async () => [[1]],
      close: async () => {
        await close();
        state = 'closed';
      },
      abandon: () => {
        state = 'abandoned';
      },
    }),
  } as unknown as OfflineServer);
  return {
    access,
    state: () => state,
    hangAtClose: () => {
      close = () => new Promise(() => {});
    },
    pass: async (ms: number): Promise<void> => {
      context.mock.timers.tick(ms);
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

test('a command that computes between two statements sends something before the server ends its connection', async (context) => {
  let count = 0;
  const { access, pass } = server(context, async () => {
    count += 1;
    return [[1]];
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const reading = access.readSnapshot(() => promise);
  await settled();
  const before = count;
  for (let round = 0; round < 5; round += 1) await pass(remoteLimits.offlineBeatMs);
  assert.equal(count - before, 5);
  resolve();
  await reading;
  const after = count;
  await pass(remoteLimits.offlineIdleMsMax);
  assert.equal(count, after, 'none after the end');
});

test('while a statement runs for hours, one more waits behind it', async (context) => {
  let isSlow = false;
  let waiting = 0;
  const { access, pass } = server(context, () => {
    if (!isSlow) return Promise.resolve([[1]]);
    waiting += 1;
    return new Promise(() => {});
  });
  void access.readSnapshot(async () => {
    isSlow = true;
    await new Promise(() => {});
  });
  await settled();
  for (let round = 0; round < 100; round += 1) await pass(remoteLimits.offlineBeatMs);
  assert.equal(waiting, 1);
});

test('a command ends within a second when the server does not close its connection', async (context) => {
  const { access, state, hangAtClose, pass } = server(context, async () => [[1]]);
  hangAtClose();
  const reading = access.readSnapshot(async () => 'read');
  await settled();
  assert.equal(state(), 'open');
  await pass(remoteLimits.closeMsMax);
  assert.equal(await reading, 'read');
  assert.equal(state(), 'abandoned');
});
