import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { DatabaseServer } from '../../support/database-server.ts';
import type { NamingDriver } from '../../support/drivers.ts';
import { freePort } from '../../support/free-port.ts';
import { failureOf, mariadbAt, mysqlAt, ownServer, TINE_DRIVERS, waitFor } from '../../support/index.ts';
import { MariadbServer } from '../../support/mariadb-server.ts';
import { mysqlQuery } from '../../support/mysql-query.ts';
import { MysqlServer } from '../../support/mysql-server.ts';

const mebibyte = 1024 * 1024;
const tooLarge = { code: 'INVALID_ARGUMENT', details: 'etcdserver: request is too large' };

interface Restricted {
  readonly start: (settings: Record<string, string>) => Promise<DatabaseServer>;
  readonly driverAt: (url: () => string) => NamingDriver;
}

const restricted: Readonly<Record<string, Restricted>> = {
  mariadb: {
    // MariaDB logs statements by default, and one event of any length fits into the log's cache.
    start: (settings) => MariadbServer.start({ settings: { binlog_format: 'ROW', ...settings } }),
    driverAt: mariadbAt,
  },
  mysql: { start: (settings) => MysqlServer.start({ settings }), driverAt: mysqlAt },
};

/** The rows of the log in the database with the name `compacted`. */
async function countOfRows(server: DatabaseServer): Promise<number> {
  const [row] = (await mysqlQuery(server, 'SELECT COUNT(*) AS count FROM compacted.kine')) as { count: number }[];
  return Number(row?.count);
}

const groupSettings = {
  server_id: '1',
  gtid_mode: 'ON',
  enforce_gtid_consistency: 'ON',
  plugin_load_add: 'group_replication.so',
};

/** Makes a server the only member of a new replication group. */
async function startGroup(server: DatabaseServer): Promise<void> {
  for (const [name, value] of Object.entries({
    group_name: `'${randomUUID()}'`,
    local_address: `'127.0.0.1:${await freePort()}'`,
    bootstrap_group: 'ON',
  }))
    await mysqlQuery(server, `SET GLOBAL group_replication_${name} = ${value}`);
  await mysqlQuery(server, 'START GROUP_REPLICATION');
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
    await mysqlQuery(database, `SET GLOBAL max_allowed_packet = ${16 * mebibyte}`);
    // A connection keeps the setting from when it was opened, and two connections serve writes.
    await waitFor('the larger packet', () => client.put(large).then(Boolean, () => false), { timeoutMs: 10_000 });
    assert.deepEqual((await client.range({ key: 'large' })).kvs[0]?.value, large.value);
  });
}

for (const { name, dialect } of TINE_DRIVERS) {
  const place = restricted[name];
  if (dialect !== 'mysql' || place === undefined) continue;
  const binaryLog = { log_bin: 'binary-log', server_id: '1', max_binlog_cache_size: '1M' };

  test(`${name}: a transaction above max_binlog_cache_size is refused as too large, and writes that are too large together are not`, async (context) => {
    const database = await place.start(binaryLog);
    context.after(() => database.remove());
    const { client, server } = await ownServer(context, { driver: place.driverAt(() => database.url) });
    const puts = Array.from({ length: 14 }, (_, index) => ({ key: `k/${index}`, value: randomBytes(100_000) }));
    const txn = { success: puts.map((request_put) => ({ request_put })) };
    assert.deepEqual(await failureOf(client.txn(txn)), tooLarge);
    await waitFor('the log', () => /larger than the max_binlog_cache_size of the database; raise/.test(server.log()));
    assert.equal((await client.range({ key: '\0', range_end: '\0', count_only: true })).count, 0);
    const [failure] = await Promise.all([failureOf(client.txn(txn)), ...puts.map((put) => client.put(put))]);
    assert.deepEqual(failure, tooLarge);
    assert.equal((await client.range({ key: '\0', range_end: '\0', count_only: true })).count, puts.length);
    await mysqlQuery(database, `SET GLOBAL max_binlog_cache_size = ${16 * mebibyte}`);
    // A connection keeps the setting from when it was opened.
    await waitFor('the larger cache', () => client.txn(txn).then(Boolean, () => false), { timeoutMs: 10_000 });
  });

  test(`${name}: a compaction deletes more bytes than max_binlog_cache_size`, async (context) => {
    const database = await place.start(binaryLog);
    context.after(() => database.remove());
    const driver = place.driverAt(() => database.url).withName('compacted');
    const { client } = await ownServer(context, { driver });
    const rowsBefore = await countOfRows(database);
    let revision = 0;
    for (let version = 0; version < 30; version += 1)
      revision = (await client.put({ key: 'a', value: randomBytes(100_000) })).header.revision;
    await client.compact({ revision });
    await waitFor('the old rows to be deleted', async () => (await countOfRows(database)) === rowsBefore + 1, {
      timeoutMs: 10_000,
    });
  });
}

if (TINE_DRIVERS.some(({ name }) => name === 'mysql')) {
  test('mysql: a write above group_replication_transaction_size_limit is refused as too large, and writes that are too large together are not', async (context) => {
    const database = await MysqlServer.start({ settings: groupSettings });
    context.after(() => database.remove());
    await startGroup(database);
    await mysqlQuery(database, `SET GLOBAL group_replication_transaction_size_limit = ${mebibyte}`);
    const driver = mysqlAt(() => database.url).withName('compacted');
    const { client, server } = await ownServer(context, { driver });
    const large = { key: 'large', value: randomBytes(mebibyte + 1_024) };
    // The first write of a key and the next one take different ways.
    await client.put({ key: 'large' });
    assert.deepEqual(await failureOf(client.put(large)), tooLarge);
    assert.deepEqual(await failureOf(client.put({ ...large, key: 'other' })), tooLarge);
    await waitFor('the log', () =>
      /group_replication_transaction_size_limit of the database \(1048576\); raise it/.test(server.log()),
    );
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => client.put({ key: `small/${index}`, value: randomBytes(100_000) })),
    );
    assert.equal((await client.range({ key: '\0', range_end: '\0', count_only: true })).count, 31);
    await mysqlQuery(database, `SET GLOBAL group_replication_transaction_size_limit = ${16 * mebibyte}`);
    await client.put(large);
    // A compaction deletes 200 rows at a time: 2 MB. The refusal does not show the reason.
    let revision = 0;
    for (let version = 0; version < 200; version += 1)
      revision = (await client.put({ key: 'a', value: randomBytes(10_000) })).header.revision;
    await mysqlQuery(database, `SET GLOBAL group_replication_transaction_size_limit = ${1.5 * mebibyte}`);
    const rowsBefore = await countOfRows(database);
    await client.compact({ revision });
    await waitFor('the old rows to be deleted', async () => (await countOfRows(database)) <= rowsBefore - 199, {
      timeoutMs: 60_000,
    });
  });
}

for (const driver of TINE_DRIVERS) {
  if (driver.dialect === 'mysql') {
    test(`${driver.name}: a value above the column's 16 MiB is refused as too large`, async (context) => {
      const { client } = await ownServer(context, { driver, arguments: ['--max-request-bytes', `${40 * mebibyte}`] });
      // A slow machine may take longer for the statement than the database waits for it.
      await waitFor('the refusal', async () => {
        const failure = await failureOf(client.put({ key: 'a', value: Buffer.alloc(17 * mebibyte) }));
        return failure.code === tooLarge.code && failure.details === tooLarge.details;
      });
      await client.put({ key: 'a', value: Buffer.alloc(15 * mebibyte) });
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.length, 15 * mebibyte);
    });
  }
}
