import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createConnection } from 'mysql2/promise';
import type { DatabaseServer } from '../../support/database-server.ts';
import { type Driver, failureOf, mariadbAt, mysqlAt, ownServer, TINE_DRIVERS, waitFor } from '../../support/index.ts';
import { MariadbServer } from '../../support/mariadb-server.ts';
import { MysqlServer } from '../../support/mysql-server.ts';

const mebibyte = 1024 * 1024;
const tooLarge = { code: 'INVALID_ARGUMENT', details: 'etcdserver: request is too large' };

interface Restricted {
  readonly start: (settings: Record<string, string>) => Promise<DatabaseServer>;
  readonly driverAt: (url: () => string) => Driver;
}

const restricted: Readonly<Record<string, Restricted>> = {
  mariadb: { start: (settings) => MariadbServer.start({ settings }), driverAt: mariadbAt },
  mysql: { start: (settings) => MysqlServer.start({ settings }), driverAt: mysqlAt },
};

async function run(server: DatabaseServer, statement: string): Promise<void> {
  const [, user, password] = /\/\/(.*?):(.*?)@/.exec(server.url) ?? [];
  const connection = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: user ?? '',
    password: password ?? '',
  });
  await connection.query(statement);
  await connection.end();
}

for (const { name, dialect } of TINE_DRIVERS) {
  const place = restricted[name];
  if (dialect !== 'mysql' || place === undefined) continue;

  test(`${name}: a value above max_allowed_packet is refused as too large until the setting is raised, and the log names the setting`, async (context) => {
    const database = await place.start({ max_allowed_packet: '1M' });
    context.after(() => database.remove());
    const { client, server } = await ownServer(context, { driver: place.driverAt(() => database.url) });
    const large = { key: 'large', value: randomBytes(mebibyte) };
    assert.deepEqual(await failureOf(client.put(large)), tooLarge);
    assert.deepEqual(await failureOf(client.txn({ success: [{ request_put: large }] })), tooLarge);
    await waitFor('the log', () => /max_allowed_packet = 1048576\); raise/.test(server.log()));
    // The other writes of its batch succeed.
    const [failure] = await Promise.all([
      failureOf(client.put(large)),
      ...Array.from({ length: 20 }, (_, index) => client.put({ key: `small/${index}`, value: randomBytes(100_000) })),
    ]);
    assert.deepEqual(failure, tooLarge);
    assert.equal((await client.range({ key: '\0', range_end: '\0', count_only: true })).count, 20);
    await run(database, `SET GLOBAL max_allowed_packet = ${16 * mebibyte}`);
    // A connection keeps the setting from when it was opened, and two connections serve writes.
    await waitFor('the larger packet', () => client.put(large).then(Boolean, () => false), { timeoutMs: 10_000 });
    assert.deepEqual((await client.range({ key: 'large' })).kvs[0]?.value, large.value);
  });
}

for (const driver of TINE_DRIVERS) {
  if (driver.dialect === 'mysql') {
    test(`${driver.name}: a value above the column's 16 MiB is refused as too large`, async (context) => {
      const { client } = await ownServer(context, { driver, arguments: ['--max-request-bytes', `${40 * mebibyte}`] });
      assert.deepEqual(await failureOf(client.put({ key: 'a', value: Buffer.alloc(17 * mebibyte) })), tooLarge);
      await client.put({ key: 'a', value: Buffer.alloc(15 * mebibyte) });
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.length, 15 * mebibyte);
    });
  }
}
