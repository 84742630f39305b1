/** Long work over a separate connection to hosts that the test makes silent. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { Connections } from '../../../../../src/drivers/remote/connections/connections.ts';
import type { Engine, NodeState } from '../../../../../src/drivers/remote/engine.ts';
import type { Session } from '../../../../../src/drivers/remote/session.ts';
import { StatementMeter } from '../../../../../src/drivers/statement-meter.ts';
import { DriverError, isDriverError } from '../../../../../src/errors.ts';
import { commitBoundsMs } from '../../../../../src/statistics/bounds.ts';
import { Histogram } from '../../../../../src/statistics/histogram.ts';
import { waitFor } from '../../../../support/wait.ts';

type Host = Engine['hosts'][number];

/** Hosts that answer everything at once, or nothing. */
class FakeHosts {
  readonly hosts: readonly Host[];
  readonly #silent = new Set<Host>();
  readonly #states = new Map<Host, Partial<NodeState>>();

  constructor(count: number) {
    this.hosts = Array.from({ length: count }, (_, index) => ({
      host: 'fake',
      port: index + 1,
      socketPath: undefined,
    }));
  }

  silence(host: Host | undefined, isSilent: boolean): void {
    assert.ok(host !== undefined);
    if (isSilent) this.#silent.add(host);
    else this.#silent.delete(host);
  }

  set(host: Host | undefined, state: Partial<NodeState>): void {
    assert.ok(host !== undefined);
    this.#states.set(host, state);
  }

  get engine(): Engine {
    const engine: Partial<Engine> = {
      hosts: this.hosts,
      connect: async (host, { signal }) => {
        await this.#answer(host, signal);
        return { host, end: new AbortController() };
      },
      session: (connection) => this.#session(connection as FakeConnection),
      end: async (connection) => (connection as FakeConnection).end.abort(lost()),
      abandon: (connection) => (connection as FakeConnection).end.abort(lost()),
      openNode: async (host, signal) => {
        await this.#answer(host, signal);
        const end = new AbortController();
        return {
          state: async () => {
            await this.#answer(host, end.signal);
            return { ...serving, ...this.#states.get(host) };
          },
          abandon: () => end.abort(lost()),
        };
      },
      classifyError: (error) => error as Error,
      now: async (session) => {
        await session.run([]);
        return 0;
      },
    };
    return engine as Engine;
  }

  #session({ host, end }: FakeConnection): Session {
    const answer = () => this.#answer(host, end.signal);
    return {
      commitMs: 0,
      begin: () => {},
      run: async () => {
        await answer();
        return [];
      },
      commit: answer,
      rollback: answer,
    } as Partial<Session> as Session;
  }

  /** A reply that a host sends while it was silent is lost. */
  async #answer(host: Host, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#silent.has(host)) await aborted(signal);
  }
}

interface FakeConnection {
  readonly host: Host;
  readonly end: AbortController;
}

const serving: NodeState = {
  refusal: undefined,
  isDegraded: false,
  isStalled: false,
  term: 0,
  dataId: 'one cluster',
};

function lost(): DriverError {
  return new DriverError('lost', 'the connection was closed');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function connectionsTo(context: TestContext, hosts: FakeHosts): Promise<Connections> {
  const connections = new Connections({
    engine: hosts.engine,
    logger: pino({ enabled: false }),
    countMax: 4,
    meter: new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} }),
    writeTransactions: new Histogram(commitBoundsMs),
    commits: new Histogram(commitBoundsMs),
    onLoss: () => {},
  });
  context.after(() => connections.close());
  assert.equal(await connections.chooseHost(), true);
  return connections;
}

/** Begins work that waits for a reply for an hour. */
async function beginLongWork(connections: Connections, hosts: FakeHosts) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const state: { outcome: 'waits' | 'done' | Error } = { outcome: 'waits' };
  const work = connections.onSeparateConnection({ kind: 'none', replyMsMax: 3_600_000 }, async (session) => {
    begun.resolve();
    await promise;
    await session.run([]);
  });
  work.then(
    () => {
      state.outcome = 'done';
    },
    (error: Error) => {
      state.outcome = error;
    },
  );
  await begun.promise;
  return { state, hosts, continue: resolve };
}

function read(connections: Connections): Promise<unknown> {
  return connections.transaction('quick', { kind: 'none' }, (session) => session.run([]));
}

async function keepReading(connections: Connections, until: () => boolean): Promise<void> {
  await waitFor(
    'the change',
    async () => {
      await read(connections).catch(() => {});
      return until();
    },
    { timeoutMs: 20_000 },
  );
}

for (const count of [1, 2]) {
  const what = count === 1 ? 'the host is lost' : 'all of several hosts are lost';
  test(`long work over a separate connection fails when ${what}, and others can use the connection`, async (context) => {
    const hosts = new FakeHosts(count);
    const connections = await connectionsTo(context, hosts);
    const work = await beginLongWork(connections, hosts);
    for (const host of hosts.hosts) hosts.silence(host, true);
    work.continue();
    await keepReading(connections, () => work.state.outcome !== 'waits');
    assert.ok(isDriverError(work.state.outcome, 'lost'), String(work.state.outcome));
    await assert.rejects(
      connections.onSeparateConnection({ kind: 'none' }, async () => {}),
      (error) => isDriverError(error, 'lost'),
    );
    for (const host of hosts.hosts) hosts.silence(host, false);
    await waitFor('the return', () =>
      read(connections).then(
        () => true,
        () => false,
      ),
    );
    await connections.onSeparateConnection({ kind: 'none' }, (session) => session.run([]));
  });
}

test('long work fails when tine leaves its host, which is lost, for another one', async (context) => {
  const hosts = new FakeHosts(2);
  const connections = await connectionsTo(context, hosts);
  await keepReading(connections, () => true);
  const work = await beginLongWork(connections, hosts);
  hosts.silence(hosts.hosts[0], true);
  work.continue();
  await keepReading(connections, () => work.state.outcome !== 'waits');
  assert.ok(isDriverError(work.state.outcome, 'lost'), String(work.state.outcome));
  assert.equal(connections.host.current, hosts.hosts[1]);
  await read(connections);
});

test('long work ends on its host when tine prefers another one', async (context) => {
  const hosts = new FakeHosts(2);
  const connections = await connectionsTo(context, hosts);
  await keepReading(connections, () => true);
  const work = await beginLongWork(connections, hosts);
  connections.useHost(hosts.hosts[0] as Host);
  hosts.set(hosts.hosts[0], { isDegraded: true });
  await keepReading(connections, () => connections.host.current === hosts.hosts[1]);
  assert.equal(work.state.outcome, 'waits');
  work.continue();
  await waitFor('its end', () => work.state.outcome === 'done');
});
