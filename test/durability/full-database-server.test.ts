import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import type { DatabaseServer } from '../support/database-server.ts';
import {
  type Driver,
  type EtcdClient,
  failureOf,
  mariadbAt,
  onePerDialect,
  ownServer,
  postgresAt,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const mebibyte = 1024 * 1024;
const diskBytes = 64 * mebibyte;
const noSpace = { code: 'RESOURCE_EXHAUSTED', details: 'etcdserver: mvcc: database space exceeded' };

interface Place {
  readonly driver: Driver;
  readonly database: DatabaseServer;
  /** The data directory. Its name is also the name of the database on the small disk. */
  readonly dataDirectory: string;
}

/**
 * Only the tables are on the small disk: database servers stop when their own log finds no space.
 */
const places: Readonly<Record<string, () => Promise<Place>>> = {
  postgres: async () => {
    const database = await PostgresServer.start({ diskBytes });
    const client = new pg.Client({ connectionString: `${database.url}/postgres` });
    await client.connect();
    await client.query(`CREATE TABLESPACE small LOCATION '${database.diskDirectory}'`);
    await client.query("ALTER SYSTEM SET default_tablespace = 'small'");
    await client.query('SELECT pg_reload_conf()');
    await client.end();
    return { database, driver: postgresAt(() => database.url), dataDirectory: temporaryDirectory() };
  },
  mariadb: async () => {
    const database = await MariadbServer.start({ diskBytes });
    const driver = mariadbAt(() => database.url);
    const dataDirectory = temporaryDirectory();
    const [name = ''] = /tine_[0-9a-f]+/.exec(driver.storageArguments(dataDirectory)[1] ?? '') ?? [];
    symlinkSync(database.diskDirectory, join(database.directory, 'data', name));
    return { database, driver, dataDirectory };
  },
};

async function startOn(context: TestContext, { driver, database, dataDirectory }: Place) {
  context.after(() => database.remove());
  return ownServer(context, { driver, dataDirectory });
}

for (const { name } of onePerDialect(TINE_DRIVERS)) {
  const place = places[name];
  if (place === undefined) continue;

  test(`${name}: when the database server's disk is full, writes are refused with etcd's error, and work again when there is space`, async (context) => {
    const { database, ...rest } = await place();
    const { client } = await startOn(context, { database, ...rest });
    const acknowledged = await fill(client, database);
    database.ballast.giveBack();
    await waitFor('a write', () => writesAgain(client, database, acknowledged), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });
    assert.equal((await client.range({ ...withPrefix('k/'), count_only: true })).count, acknowledged + 1);
    await waitFor('the alarm to end with a later write', async () => {
      await client.put({ key: 'later' });
      return (await alarmsOf(client)).length === 0;
    });
  });

  async function alarmsOf(client: EtcdClient): Promise<readonly string[]> {
    return (await client.alarm({ action: 'GET' })).alarms.map(({ alarm }) => alarm);
  }

  /** Writes until the disk is full. Returns the number of acknowledged writes. */
  async function fill(client: EtcdClient, database: DatabaseServer): Promise<number> {
    await client.put({ key: 'k/0', value: randomBytes(100_000) });
    database.ballast.take();
    let taken = 1;
    const putAll = async () => {
      for (; taken < 500; taken += 1) await client.put({ key: `k/${taken}`, value: randomBytes(100_000) });
    };
    const failure = await failureOf(putAll());
    // MariaDB may retry for longer than tine's timeout, and blocks reads meanwhile.
    if (name === 'mariadb' && failure.code === 'UNAVAILABLE') return taken;
    assert.deepEqual(failure, noSpace);
    const { kvs } = await client.range({ ...withPrefix('k/'), keys_only: true });
    assert.equal(kvs.length, taken);
    assert.deepEqual(await alarmsOf(client), ['NOSPACE'], 'it is listed for as long as writes find no space');
    return taken;
  }

  /** MariaDB exits after seven seconds without space. The test restarts it, as systemd would. */
  async function writesAgain(client: EtcdClient, database: DatabaseServer, index: number): Promise<boolean> {
    if (database.hasEnded) await database.start();
    return client.put({ key: `k/${index}`, value: randomBytes(100_000) }).then(
      () => true,
      () => false,
    );
  }

  test(`${name}: a defragmentation that fails on a full disk leaves the database intact`, async (context) => {
    const { database, ...rest } = await place();
    const { client } = await startOn(context, { database, ...rest });
    for (let index = 0; index < 100; index += 1) await client.put({ key: `k/${index}`, value: randomBytes(100_000) });
    database.ballast.take();
    const failure = await client.defragment({}).then(
      () => undefined,
      ({ code, details }: { code: string; details: string }) => ({ code, details }),
    );
    // Rebuilding a table needs space, and VACUUM a little.
    assert.deepEqual(failure, noSpace);
    assert.equal((await client.range({ ...withPrefix('k/'), count_only: true })).count, 100);
    database.ballast.giveBack();
    await client.defragment({});
    await client.put({ key: 'k/100', value: randomBytes(100_000) });
    assert.equal((await client.range({ ...withPrefix('k/'), count_only: true })).count, 101);
  });
}
