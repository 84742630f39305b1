/** Requests whose reply does not come, on connections of a server that the test describes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { Connections } from '../../../../../src/drivers/remote/connections/connections.ts';
import type { Engine } from '../../../../../src/drivers/remote/engine.ts';
import { remoteLimits } from '../../../../../src/drivers/remote/remote-limits.ts';
import type { Session } from '../../../../../src/drivers/remote/session.ts';
import { StatementMeter } from '../../../../../src/drivers/statement-meter.ts';
import { DriverError, isDriverError } from '../../../../../src/errors.ts';
import { commitBoundsMs } from '../../../../../src/statistics/bounds.ts';
import { Histogram } from '../../../../../src/statistics/histogram.ts';
import { sleep, within } from '../../../../support/wait.ts';

interface FakeConnection {
  readonly name: string;
  readonly end: AbortController;
}

/** What the server does with the request. */
interface Behaviour {
  /** Whether the server waits for a request on this connection. */
  readonly isIdle: boolean;
  /** The number of bytes that have arrived. */
  receivedBytes(): number;
  readonly requestBytes?: number;
  /** How long the server's reply to a probe takes. */
  readonly roundTripMs?: number;
  /** How long a probe takes to connect. */
  readonly connectMs?: number;
}

const lost = () => new DriverError('lost', 'the connection was closed');

/** Sends a request without a reply; other connections are answered at once. */
function request(
  context: TestContext,
  { isIdle, receivedBytes, requestBytes = 100, roundTripMs = 0, connectMs = 0 }: Behaviour,
): Promise<void> {
  let opened = 0;
  let requestedBytes = 1_000_000;
  const ended = ({ end: { signal } }: FakeConnection) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(lost())));
  const engine: Partial<Engine> = {
    hosts: [{ host: 'fake', port: 1, socketPath: undefined }],
    connect: async () => {
      opened += 1;
      const name = `${opened}`;
      if (opened > 1) await sleep(connectMs);
      return { name, end: new AbortController() };
    },
    session: (connection) =>
      ({
        begin: () => {},
        run: () => {
          requestedBytes += requestBytes;
          return ended(connection as FakeConnection);
        },
      }) as Partial<Session> as Session,
    end: async (connection) => (connection as FakeConnection).end.abort(),
    abandon: (connection) => (connection as FakeConnection).end.abort(),
    serverNameOf: (connection) => (connection as FakeConnection).name,
    receivedBytesOf: receivedBytes,
    requestedBytesOf: () => requestedBytes,
    idleAmong: async (names) => {
      assert.deepEqual(names, ['1']);
      await sleep(roundTripMs);
      return isIdle ? names : [];
    },
    classifyError: (error) => error as Error,
    now: async () => {
      await sleep(roundTripMs);
      return 0;
    },
  };
  const connections = new Connections({
    engine: engine as Engine,
    logger: pino({ enabled: false }),
    countMax: 8,
    meter: new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} }),
    writeTransactions: new Histogram(commitBoundsMs),
    commits: new Histogram(commitBoundsMs),
    onLoss: () => {},
  });
  context.after(() => connections.close());
  return connections.transaction('quick', { kind: 'none' }, async (session) => {
    await session.run([]);
  });
}

/** Until the reply is overdue, the next check, and the moment in which it may still come. */
const noticedMsMax = remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs + remoteLimits.probeGraceMs + 500;

test('a request is lost if the server waits for one on its connection and nothing arrives', async (context) => {
  const sent = request(context, { isIdle: true, receivedBytes: () => 7 });
  await within(
    noticedMsMax,
    'the loss to be noticed',
    assert.rejects(sent, (error) => isDriverError(error, 'lost')),
  );
});

test('a request that the server still works on is awaited', async (context) => {
  const sent = request(context, { isIdle: false, receivedBytes: () => 7 });
  const outcome = await Promise.race([sent.catch(() => 'lost'), sleep(2 * noticedMsMax).then(() => 'awaited')]);
  assert.equal(outcome, 'awaited');
});

test('a reply that is still arriving is awaited', async (context) => {
  let bytes = 0;
  const sent = request(context, {
    isIdle: true,
    receivedBytes: () => {
      bytes += 1;
      return bytes;
    },
  });
  const outcome = await Promise.race([sent.catch(() => 'lost'), sleep(2 * noticedMsMax).then(() => 'awaited')]);
  assert.equal(outcome, 'awaited');
});

test('a large request, which may still be on its way, is awaited', async (context) => {
  const requestBytes = remoteLimits.quickRequestBytesMax + 1;
  const sent = request(context, { isIdle: true, receivedBytes: () => 7, requestBytes });
  const outcome = await Promise.race([sent.catch(() => 'lost'), sleep(2 * noticedMsMax).then(() => 'awaited')]);
  assert.equal(outcome, 'awaited');
});

test('over a slow network, a reply of which a part arrives in each round trip is awaited', async (context) => {
  const roundTripMs = 2 * remoteLimits.probeGraceMs;
  const receivedBytes = () => Math.floor(performance.now() / roundTripMs);
  const sent = request(context, { isIdle: true, receivedBytes, roundTripMs });
  const outcome = await Promise.race([sent.catch(() => 'lost'), sleep(3 * noticedMsMax).then(() => 'awaited')]);
  assert.equal(outcome, 'awaited');
});

test('over a slow network, a probe whose second reply would come too late is answered', async (context) => {
  const roundTripMs = 1_000;
  const connectMs = remoteLimits.probeMsMax - 1.5 * roundTripMs;
  const sent = request(context, { isIdle: false, receivedBytes: () => 7, roundTripMs, connectMs });
  const endMs = noticedMsMax + remoteLimits.probeMsMax;
  const outcome = await Promise.race([sent.catch(() => 'lost'), sleep(endMs).then(() => 'awaited')]);
  assert.equal(outcome, 'awaited');
});
