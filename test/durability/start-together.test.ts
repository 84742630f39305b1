/**
 * Instances that start at the same moment on one file wait for each other, whatever the state of
 * the file.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { exitOf } from '../support/exit.ts';
import {
  type Driver,
  EtcdClient,
  FILE_DRIVERS,
  ownServer,
  Server,
  sleep,
  temporaryDirectory,
  within,
} from '../support/index.ts';
import { kineRows, writeKineFile } from '../support/kine-file.ts';
import { tineProgram } from '../support/paths.ts';

const rounds = Number(process.env.TINE_TEST_RUNS ?? 1);
const instances = 5;

/**
 * Starts instances at the same moment, on a file that `prepare` may create, and checks that they
 * serve one store.
 */
async function startTogether(
  context: TestContext,
  driver: Driver,
  prepare: (path: string) => void | Promise<void> = () => {},
): Promise<{ readonly servers: readonly Server[]; readonly path: string }> {
  const dataDirectory = temporaryDirectory();
  // The directory of the file does not exist: the instances create it too.
  const pathIn = (directory: string) => join(directory, 'not', 'there', 'state.db');
  const there: Driver = { ...driver, storageArguments: (directory) => ['--endpoint', `sqlite://${pathIn(directory)}`] };
  const path = pathIn(dataDirectory);
  await prepare(path);
  const started = await Promise.allSettled(
    Array.from({ length: instances }, () => Server.start({ driver: there, dataDirectory })),
  );
  const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  context.after(() => Promise.all(servers.map((server) => server.remove())));
  for (const each of started) if (each.status === 'rejected') throw each.reason;
  await assertOneStore(servers);
  return { servers, path };
}

async function assertOneStore(servers: readonly Server[]): Promise<void> {
  const clients = servers.map((server) => new EtcdClient(server.address));
  try {
    const headers = await Promise.all(
      clients.map(async (client, index) => (await client.put({ key: `from/${index}`, value: `${index}` })).header),
    );
    assert.equal(new Set(headers.map(({ cluster_id }) => `${cluster_id}`)).size, 1, 'one cluster id');
    assert.equal(new Set(headers.map(({ revision }) => revision)).size, servers.length, 'each write has a revision');
    for (const client of clients) {
      const { kvs } = await client.range({ key: 'from/', range_end: 'from0' });
      assert.deepEqual(
        kvs.map(({ value }) => value.toString()),
        servers.map((_, index) => `${index}`),
      );
    }
  } finally {
    for (const client of clients) client.close();
  }
}

function query<Row>(path: string, sql: string): Row[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

const schemaOf = (path: string) =>
  query<{ name: string; sql: string | null }>(path, 'SELECT name, sql FROM sqlite_schema ORDER BY name');
const migrationsOf = (path: string) =>
  query<{ name: string }>(path, 'SELECT name FROM tine_migrations ORDER BY id').map(({ name }) => name);

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: five instances started at the same moment without a file serve one store`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const pathOfOne = join(server.dataDirectory, 'state.db');
    for (let round = 0; round < rounds; round += 1) {
      const { servers, path } = await startTogether(context, driver);
      assert.deepEqual(schemaOf(path), schemaOf(pathOfOne));
      assert.deepEqual(migrationsOf(path), migrationsOf(pathOfOne));
      assert.equal(query(path, "SELECT 1 FROM kine WHERE name = 'compact_rev_key'").length, 1, 'one compaction mark');
      assert.deepEqual(query(path, 'PRAGMA auto_vacuum'), [{ auto_vacuum: 2 }]);
      await Promise.all(servers.map((each) => each.remove()));
    }
  });

  test(`${driver.name}: five instances started at the same moment on a kine file take it over once`, async (context) => {
    for (let round = 0; round < rounds; round += 1) {
      const { servers } = await startTogether(context, driver, (path) => writeKineFile(path, kineRows));
      const takers = servers.filter((server) => server.log().includes('took over rows that kine wrote'));
      assert.equal(takers.length, 1);
      const client = new EtcdClient(servers[0]?.address ?? '');
      const { kvs } = await client.range({ key: '/registry/b', revision: 19 });
      client.close();
      assert.deepEqual(
        kvs.map(({ value, version }) => [value.toString(), version]),
        [['b4', 2]],
      );
      await Promise.all(servers.map((each) => each.remove()));
    }
  });

  test(`${driver.name}: five instances started at the same moment on a file with an older schema migrate it once`, async (context) => {
    for (let round = 0; round < rounds; round += 1) {
      const { servers, path } = await startTogether(context, driver, async (old) => {
        const { server } = await ownServer(context, { driver: at(driver, old) });
        await server.stop();
        ageSchema(old);
      });
      assert.deepEqual(migrationsOf(path), ['001-table', '002-auth', '003-token-secret', '004-sub-revision']);
      await Promise.all(servers.map((each) => each.remove()));
    }
  });

  test(`${driver.name}: instances that start while others are killed during their start work`, async (context) => {
    for (let round = 0; round < rounds; round += 1) {
      await startTogether(context, driver, async (path) => {
        const killed = Array.from({ length: 2 }, () =>
          spawn(tineProgram(), ['--endpoint', `sqlite://${path}`, '--listen-client-urls', 'http://127.0.0.1:0'], {
            stdio: 'ignore',
          }),
        );
        const exits = Promise.all(killed.map((child) => exitOf(child)));
        // A start takes about 0.2 to 1 s; the next instances start while these end.
        for (const child of killed) setTimeout(() => child.kill('SIGKILL'), 100 + Math.random() * 900);
        context.after(() => exits);
        await sleep(100);
      });
    }
  });

  test(`${driver.name}: a start waits for a program that holds an exclusive lock on the file, and logs it`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const path = join(server.dataDirectory, 'state.db');
    await server.stop();
    // The lock that `tine repair`, `release` and `snapshot restore` hold too.
    const holder = new Database(path);
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.pragma('journal_mode = DELETE');
    holder.exec('BEGIN EXCLUSIVE');
    setTimeout(() => {
      holder.exec('COMMIT');
      holder.close();
    }, 8_000);
    await server.start();
    assert.match(server.log(), /another program has locked the database/);
    const client = new EtcdClient(server.address);
    context.after(() => client.close());
    assert.ok((await client.put({ key: 'a' })).header.revision > 1);
  });

  test(`${driver.name}: a start waits for a running repair, and a repair succeeds or reports that the file is in use`, async (context) => {
    const { server } = await ownServer(context, { driver });
    await server.stop();
    const path = join(server.dataDirectory, 'state.db');
    for (let round = 0; round < 3 * rounds; round += 1) {
      const repair = spawn(tineProgram(), ['repair', `sqlite://${path}`], { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const output of [repair.stdout, repair.stderr]) output.on('data', (text: Buffer) => (said += text));
      const exit = exitOf(repair);
      await sleep(Math.random() * 300);
      await server.start();
      await within(20_000, 'the repair to end', exit);
      assert.match(said, /no faults; nothing to do|another program has locked the database; stop it, then try again/);
      await server.stop();
    }
  });
}

function at(driver: Driver, path: string): Driver {
  return { ...driver, storageArguments: () => ['--endpoint', `sqlite://${path}`], dropStorage: async () => {} };
}

/** Reverts the newest migrations. */
function ageSchema(path: string): void {
  const database = new Database(path);
  database.exec(`
    ALTER TABLE kine DROP COLUMN sub_revision;
    DROP TABLE tine_secret;
    DELETE FROM tine_migrations WHERE name IN ('003-token-secret', '004-sub-revision');`);
  database.close();
}
