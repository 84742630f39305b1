import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OfflineConnection, WatchedConnection } from '../../../../src/drivers/remote/offline-connection.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import { DriverError, isDriverError } from '../../../../src/errors.ts';
import { type Query, query } from '../../../../src/mvcc/program.ts';
import { anyValue } from '../../../../src/sql/shape.ts';
import { selectsRows } from '../../../../src/sql/statement.ts';
import { sleep, within } from '../../../support/index.ts';

const slow: Query = query(selectsRows('slow', anyValue, () => 'SELECT slow'));
const host = { host: 'db', port: 1 } as Parameters<typeof WatchedConnection.open>[1];
const never = new Promise<never>(() => {});

/** A server whose first connection answers nothing for a time, and whose others are as given. */
async function connected(first: Promise<never[]>, others: () => Promise<OfflineConnection>) {
  let isAbandoned = false;
  let pollCount = 0;
  const connection: OfflineConnection = {
    run: () => first,
    close: () => never,
    abandon: () => {
      isAbandoned = true;
    },
  };
  let isFirst = true;
  const server = {
    classifyError: (error: unknown) => error as Error,
    connect: async () => {
      if (!isFirst) {
        pollCount += 1;
        return others();
      }
      isFirst = false;
      return connection;
    },
  };
  const watched = await WatchedConnection.open(server, host);
  return { watched, isAbandoned: () => isAbandoned, pollCount: () => pollCount };
}

const answering = async (): Promise<OfflineConnection> => ({
  run: async () => [],
  close: async () => {},
  abandon: () => {},
});

test('a statement may take any time while the server answers polls, or refuses them', async () => {
  const refusing = () => Promise.reject(new DriverError('busy', 'too many connections'));
  for (const others of [answering, refusing]) {
    const reply = sleep(remoteLimits.offlinePollMs * 3.5).then(() => []);
    const { watched, pollCount } = await connected(reply, others);
    assert.deepEqual(await watched.run(slow), []);
    assert.ok(pollCount() >= 2);
  }
});

test('a server that answers neither statements nor polls is given up, and so are later statements', async () => {
  const silent = async (): Promise<OfflineConnection> => ({ ...(await answering()), run: () => never });
  const { watched, isAbandoned } = await connected(never, silent);
  const isLost = (error: unknown) =>
    isDriverError(error, 'lost') && /^the database has not answered for \d+ s$/.test(error.message);
  const others = setInterval(() => void watched.run(slow).catch(() => {}), 500);
  await assert.rejects(within(20_000, 'the end of the wait', watched.run(slow)), isLost);
  clearInterval(others);
  assert.ok(isAbandoned());
  await assert.rejects(watched.run(slow), isLost);
});

test('a close message that does not get through does not hold up the end', async () => {
  const { watched, isAbandoned } = await connected(never, answering);
  await within(5_000, 'the end', watched.close());
  assert.ok(isAbandoned());
});
