import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Driver } from '../../support/drivers.ts';
import { metricValue } from '../../support/exposition.ts';
import { DRIVERS, type EtcdClient, ownServer, type Server, waitFor, withPrefix } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

/** Takes a backup of the database of a server, and puts it back while the server runs. */
interface Backup {
  restore(): Promise<void>;
}

async function backUp({ driver, dataDirectory }: Server): Promise<Backup> {
  if (driver.dialect === 'sqlite') return backUpFile(join(dataDirectory, 'state.db'), join(dataDirectory, 'backup.db'));
  return backUpPostgres(driver.storageArguments(dataDirectory).at(-1) as string);
}

async function backUpFile(file: string, copy: string): Promise<Backup> {
  const reader = new Database(file, { readonly: true });
  await reader.backup(copy);
  reader.close();
  return {
    restore: async () => {
      const database = new Database(file);
      database.prepare('ATTACH ? AS backup').run(copy);
      const tables = database
        .prepare<[], string>("SELECT name FROM backup.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all();
      const copyBack = database.transaction(() => {
        for (const table of tables) {
          database.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM backup.${table}`);
        }
      });
      copyBack.immediate();
      database.close();
    },
  };
}

async function backUpPostgres(connectionString: string): Promise<Backup> {
  const run = async (statementsOf: (table: string) => string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.query(['BEGIN', ...rows.map(({ name }) => statementsOf(name)), 'COMMIT'].join(';'));
    await client.end();
  };
  await run((table) => `CREATE TABLE IF NOT EXISTS public.${table}_backup AS TABLE public.${table}`);
  return {
    restore: () =>
      run((table) =>
        table.endsWith('_backup')
          ? 'SELECT 1'
          : `DELETE FROM public.${table}; INSERT INTO public.${table} SELECT * FROM public.${table}_backup`,
      ),
  };
}

/** A server with ten keys and a backup of them, and ten more revisions that the backup lacks. */
async function beforeTheLoss(context: TestContext, driver: Driver) {
  const { server, client } = await ownServer(context, { driver });
  const watch = client.watch();
  context.after(() => watch.close());
  await watch.create({ ...withPrefix('/r/'), watch_id: 1 });
  await putTimes(client, 10);
  const backup = await backUp(server);
  const lost = await putTimes(client, 10);
  assert.equal((await watch.events(20)).length, 20);
  return { server, client, watch, lost, lose: () => backup.restore() };
}

async function putTimes(client: EtcdClient, count: number): Promise<number> {
  let revision = 0;
  for (let index = 0; index < count; index += 1) {
    revision = (await client.put({ key: `/r/${index}`, value: 'x' })).header.revision;
  }
  return revision;
}

async function rewindsOf(server: Server): Promise<number | undefined> {
  return metricValue(await scrape(server), 'tine_database_rewinds_total');
}

for (const driver of DRIVERS.filter(({ kind, name }) => kind === 'tine' && ['sqlite', 'postgres'].includes(name))) {
  test(`${driver.name}: when a backup is restored in place, watches end as compacted and new ones get every event`, async (context) => {
    const { server, client, watch, lost, lose } = await beforeTheLoss(context, driver);
    // Read twice, so that the read cache and the known counts have what is lost.
    for (let round = 0; round < 3; round += 1) await client.range(withPrefix('/r/'));
    await lose();
    const canceled = await watch.next();
    assert.deepEqual([canceled.watch_id, canceled.canceled, canceled.events.length], [1, true, 0]);
    assert.ok(canceled.compact_revision > 0);
    const listed = await client.range(withPrefix('/r/'));
    assert.equal(listed.header.revision, lost - 10);
    assert.deepEqual([...new Set(listed.kvs.map(({ mod_revision }) => mod_revision > lost - 10))], [false]);
    await watch.create({ ...withPrefix('/r/'), watch_id: 2, start_revision: listed.header.revision + 1 });
    // A client that has missed the end of its watch continues after what it has seen.
    await watch.create({ ...withPrefix('/r/'), watch_id: 3, start_revision: lost + 1 });
    assert.deepEqual([(await watch.next()).watch_id], [3]);
    assert.equal(await putTimes(client, 3), listed.header.revision + 3);
    const events = await watch.events(3);
    assert.deepEqual(
      events.map(({ kv }) => kv.mod_revision),
      [1, 2, 3].map((count) => listed.header.revision + count),
    );
    assert.equal(await rewindsOf(server), 1);
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('the database has lost its newest rows'));
    assert.equal(lines.length, 1);
    assert.match(lines[0] as string, new RegExp(`"fromRevision":${lost},"toRevision":${lost - 10}`));
  });

  test(`${driver.name}: a transaction that writes more rows than were lost ends the watches too`, async (context) => {
    const { server, client, watch, lose } = await beforeTheLoss(context, driver);
    const success = Array.from({ length: 50 }, (_, index) => ({
      request_put: { key: `/r/txn-${index}`, value: 'x' },
    }));
    await lose();
    await client.txn({ success });
    assert.equal((await watch.next()).canceled, true);
    await waitFor('the metric', async () => (await rewindsOf(server)) === 1);
  });
}
