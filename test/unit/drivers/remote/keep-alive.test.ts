/** The system tests silent connections to a database server after seconds, not after two hours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createConnection } from 'mysql2';
import pg from 'pg';
import { parseDsn, type RemoteDsn } from '../../../../src/config/database/database-dsn.ts';
import { connectionSettings as mysqlSettings } from '../../../../src/drivers/mysql/connection-settings.ts';
import { connectionSettings as postgresSettings } from '../../../../src/drivers/postgres/connection-settings.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import { waitFor } from '../../../support/index.ts';

const skip = process.platform !== 'linux' && 'timers of connections are read from /proc';

/** A kind of connection. */
interface Case {
  readonly title: string;
  readonly dsn: (port: number) => string;
  /** Connects. Returns a function that closes the connection. */
  readonly open: (dsn: RemoteDsn) => Promise<() => void>;
}

const cases: readonly Case[] = [
  {
    title: 'Postgres',
    dsn: (port) => `postgres://user:secret@127.0.0.1:${port}/db?sslmode=disable`,
    open: openPostgres,
  },
  { title: 'MySQL', dsn: (port) => `mysql://user:secret@tcp(127.0.0.1:${port})/db`, open: openMysql },
  {
    title: 'MySQL with TLS to an IP address',
    dsn: (port) => `mysql://user:secret@tcp(127.0.0.1:${port})/db?tls=skip-verify`,
    open: openMysql,
  },
];

async function openPostgres(dsn: RemoteDsn): Promise<() => void> {
  const client = new pg.Client(await postgresSettings(dsn, dsn.hosts[0] as RemoteDsn['hosts'][number]));
  client.on('error', () => {});
  client.connect().catch(() => {});
  return () => void client.end();
}

async function openMysql(dsn: RemoteDsn): Promise<() => void> {
  const connection = createConnection(await mysqlSettings(dsn, dsn.hosts[0] as RemoteDsn['hosts'][number]));
  connection.on('error', () => {});
  return () => connection.destroy();
}

async function silentServer(context: TestContext): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/**
 * The time until the keepalive of the connection to a port, in ms. Undefined: there is no
 * connection, or its keepalive is off.
 */
function keepAliveMs(port: number): number | undefined {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const fields = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, , address, state]) => address?.endsWith(remote) && state === established);
  const [kind, when] = fields?.[5]?.split(':') ?? [];
  return kind === keepAliveTimer ? Number.parseInt(when ?? '', 16) * msPerTick : undefined;
}

const established = '01';
const keepAliveTimer = '02';
/** The unit of times in /proc. */
const msPerTick = 10;

for (const { title, dsn, open } of cases) {
  test(`a silent connection to ${title} is tested within seconds`, { skip }, async (context) => {
    const port = await silentServer(context);
    const close = await open(parseDsn(dsn(port)).dsn as RemoteDsn);
    context.after(close);
    const leftMs = await waitFor('a keepalive', () => keepAliveMs(port));
    assert.ok(leftMs <= remoteLimits.keepAliveAfterMs, `the keepalive comes in ${leftMs} ms`);
  });
}
