/** Connections that a server, or a certificate, refuses while tine is running. */
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { parseDsn, type RemoteDsn } from '../../../../../src/config/database/database-dsn.ts';
import type { TlsOptions } from '../../../../../src/config/database/database-tls.ts';
import { mysqlEngine } from '../../../../../src/drivers/mysql/mysql-engine.ts';
import { postgresEngine } from '../../../../../src/drivers/postgres/postgres-engine.ts';
import { ConnectionRefused } from '../../../../../src/drivers/remote/connections/connection-refused.ts';
import { HostConnections, zeroCounts } from '../../../../../src/drivers/remote/connections/host-connections.ts';
import { StatementMeter } from '../../../../../src/drivers/statement-meter.ts';
import { DriverError } from '../../../../../src/errors.ts';
import { CertificateAuthority, type Issued, replaceFile } from '../../../../support/certificate-authority.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';

const logger = pino({ enabled: false });

for (const [what, options] of [
  ['has expired', { expired: true }],
  ['is for another host', { hosts: ['other.example'] }],
] as const) {
  test(`a Postgres server whose certificate ${what} is an outage`, async (context) => {
    const authority = new CertificateAuthority(temporaryDirectory());
    const port = await listen(context, (socket) =>
      socket.once('data', () => encrypted(socket, authority.issue(options))),
    );
    const failure = await failureOf(`postgres://tine@127.0.0.1:${port}/x?sslmode=verify-full`, {
      caFile: authority.caFile,
    });
    assert.equal(failure.kind, 'lost', failure.message);
    assert.match(failure.message, /certificate/i);
  });
}

test('a Postgres server whose certificate is signed by another authority is an outage', async (context) => {
  const [authority, other] = ['one', 'other'].map((name) => new CertificateAuthority(temporaryDirectory(), name));
  const issued = (other as CertificateAuthority).issue();
  const port = await listen(context, (socket) => socket.once('data', () => encrypted(socket, issued)));
  const failure = await failureOf(`postgres://tine@127.0.0.1:${port}/x?sslmode=verify-full`, {
    caFile: (authority as CertificateAuthority).caFile,
  });
  assert.equal(failure.kind, 'lost', failure.message);
});

for (const scheme of ['postgres', 'mysql'] as const) {
  test(`${scheme}: a certificate file that is replaced before its key file is an outage`, async (context) => {
    const authority = new CertificateAuthority(temporaryDirectory());
    const [own, renewed] = [authority.issue({ for: 'client' }), authority.issue({ for: 'client' })];
    const port = await listen(context, (socket) => socket.destroy());
    const address =
      scheme === 'mysql' ? `mysql://tine@tcp(127.0.0.1:${port})/x` : `postgres://tine@127.0.0.1:${port}/x`;
    replaceFile(own.certFile, renewed.certificate);
    const failure = await failureOf(address, {
      caFile: authority.caFile,
      certFile: own.certFile,
      keyFile: own.keyFile,
    });
    assert.equal(failure.kind, 'lost', failure.message);
    assert.match(failure.message, /is not the key of the certificate/);
  });
}

test('a Postgres server that refuses the password refuses all work, not one operation', async (context) => {
  const port = await listen(context, (socket) =>
    socket.once('data', () => socket.end(postgresError('28P01', 'password authentication failed for user "tine"'))),
  );
  const failure = await failureOf(`postgres://tine@127.0.0.1:${port}/x?sslmode=disable`);
  assert.ok(failure instanceof ConnectionRefused);
  assert.equal(failure.kind, 'lost');
  assert.match(failure.message, /password authentication failed/);
});

test('a MySQL server that refuses the password refuses all work, not one operation', async (context) => {
  const port = await listen(context, (socket) => socket.end(mysqlError(1045, "Access denied for user 'tine'@'x'")));
  const failure = await failureOf(`mysql://tine@tcp(127.0.0.1:${port})/x`);
  assert.ok(failure instanceof ConnectionRefused);
  assert.equal(failure.kind, 'lost');
  assert.match(failure.message, /Access denied/);
});

async function failureOf(address: string, tlsOptions: TlsOptions = {}): Promise<DriverError> {
  const dsn = parseDsn(address, tlsOptions).dsn as RemoteDsn;
  const engine = dsn.kind === 'mysql' ? mysqlEngine(dsn, logger) : postgresEngine(dsn, logger);
  const [host] = dsn.hosts;
  assert.ok(host !== undefined);
  const meter = new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} });
  const connections = new HostConnections({ engine, host, meter, counts: zeroCounts() });
  try {
    await connections.open('quick');
  } catch (error) {
    assert.ok(error instanceof DriverError, String(error));
    return error;
  } finally {
    connections.abandonAll();
  }
  return assert.fail('the connection was opened');
}

async function listen(context: TestContext, accept: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    accept(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => server.close());
  return (server.address() as { readonly port: number }).port;
}

/** Accepts Postgres's request for TLS. */
function encrypted(socket: Socket, { certificate, key }: Issued): void {
  socket.write('S');
  new TLSSocket(socket, { isServer: true, cert: certificate, key }).on('error', () => {});
}

function postgresError(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** The first message of a server, which refuses the client. */
function mysqlError(number: number, message: string): Buffer {
  const text = Buffer.from(`\xff\0\0#28000${message}`, 'latin1');
  text.writeUInt16LE(number, 1);
  return Buffer.concat([Buffer.from([text.length, 0, 0, 0]), text]);
}
