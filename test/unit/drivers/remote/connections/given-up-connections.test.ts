/** Connections to silent servers, given up while they are opened. */
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { parseDsn, type RemoteDsn } from '../../../../../src/config/database/database-dsn.ts';
import { mysqlEngine } from '../../../../../src/drivers/mysql/mysql-engine.ts';
import { postgresEngine } from '../../../../../src/drivers/postgres/postgres-engine.ts';
import { HostConnections, zeroCounts } from '../../../../../src/drivers/remote/connections/host-connections.ts';
import { HostMonitor } from '../../../../../src/drivers/remote/connections/host-monitor.ts';
import type { Engine } from '../../../../../src/drivers/remote/engine.ts';
import { remoteLimits } from '../../../../../src/drivers/remote/remote-limits.ts';
import { StatementMeter } from '../../../../../src/drivers/statement-meter.ts';
import { DriverError, isDriverError } from '../../../../../src/errors.ts';
import { waitFor } from '../../../../support/wait.ts';

const logger = pino({ enabled: false });

interface SilentServer {
  readonly port: number;
  readonly open: ReadonlySet<Socket>;
}

/** Accepts connections, and answers the first message with `greeting` only. */
async function silentServer(context: TestContext, greeting?: string): Promise<SilentServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('end', () => socket.destroy());
    socket.once('data', () => greeting !== undefined && socket.write(greeting));
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { readonly port: number }).port, open };
}

const forms: Readonly<Record<string, { readonly greeting?: string; address(port: number): string }>> = {
  Postgres: { address: (port) => `postgres://tine@127.0.0.1:${port}/x?sslmode=disable&connect_timeout=60` },
  'Postgres, asked for TLS': {
    address: (port) => `postgres://tine@127.0.0.1:${port}/x?sslmode=prefer&connect_timeout=60`,
  },
  'Postgres, in the TLS handshake': {
    greeting: 'S',
    address: (port) => `postgres://tine@127.0.0.1:${port}/x?sslmode=require&connect_timeout=60`,
  },
  MySQL: { address: (port) => `mysql://tine@tcp(127.0.0.1:${port})/x?timeout=60s` },
  'MySQL, asked for TLS': {
    address: (port) => `mysql://tine@tcp(127.0.0.1:${port})/x?tls=preferred&timeout=60s`,
  },
};

function engineAt(address: string): { readonly engine: Engine; readonly dsn: RemoteDsn } {
  const dsn = parseDsn(address, {}).dsn as RemoteDsn;
  return { engine: dsn.kind === 'mysql' ? mysqlEngine(dsn, logger) : postgresEngine(dsn, logger), dsn };
}

function hostOf({ hosts: [host] }: RemoteDsn): RemoteDsn['hosts'][number] {
  assert.ok(host !== undefined);
  return host;
}

for (const [name, { address, greeting }] of Object.entries(forms)) {
  test(`${name}: a connection that is abandoned while it is opened is closed at once`, async (context) => {
    const { port, open } = await silentServer(context, greeting);
    const { engine, dsn } = engineAt(address(port));
    const meter = new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} });
    const connections = new HostConnections({ engine, host: hostOf(dsn), meter, counts: zeroCounts() });
    const opening = connections.open('quick');
    opening.catch(() => {});
    await waitFor('the connection', () => open.size === 1);
    // Until the server has answered the first message.
    await new Promise((resolve) => setTimeout(resolve, 100));
    connections.abandonAll();
    await assert.rejects(opening, (error) => isDriverError(error, 'lost'));
    await waitFor('its end', () => open.size === 0);
    assert.equal(connections.count, 0);
    await assert.rejects(connections.open('quick'), DriverError);
    assert.equal(open.size, 0, 'no other one is opened');
  });

  test(`${name}: a monitor of a silent host has one connection at a time, and none when the host is lost`, async (context) => {
    const { port, open } = await silentServer(context, greeting);
    const { engine, dsn } = engineAt(address(port));
    const monitor = new HostMonitor(engine, hostOf(dsn));
    for (let count = 1; count < remoteLimits.missedChecksMax; count += 1) {
      await monitor.check();
      assert.equal(open.size, 1, 'the next check waits for the same connection');
    }
    await monitor.check();
    assert.equal(monitor.isLost, true);
    await waitFor('the end of the connection', () => open.size === 0);
    const check = monitor.check();
    await waitFor('a connection', () => open.size === 1);
    monitor.close();
    await check;
    await waitFor('its end', () => open.size === 0);
  });
}
