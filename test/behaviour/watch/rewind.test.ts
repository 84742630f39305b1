import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { sqlite } from '../../support/drivers.ts';
import { metricValue } from '../../support/exposition.ts';
import { DRIVERS, type EtcdClient, ownServer, type Server, waitFor, withPrefix } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

/** Copies all rows of a backup into the database that a server has open. */
function restoreInPlace(file: string, backup: string): void {
  const database = new Database(file);
  try {
    database.prepare('ATTACH ? AS backup').run(backup);
    const tables = database
      .prepare<[], string>("SELECT name FROM backup.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    database
      .transaction(() => {
        for (const table of tables) {
          database.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM backup.${table}`);
        }
      })
      .immediate();
  } finally {
    database.close();
  }
}

/** A server with ten keys and a backup of them, and ten more that the backup lacks. */
async function beforeTheLoss(context: TestContext) {
  const { server, client } = await ownServer(context, { driver: sqlite });
  const watch = client.watch();
  context.after(() => watch.close());
  await watch.create({ ...withPrefix('/r/'), watch_id: 1 });
  await putTimes(client, 10);
  const file = join(server.dataDirectory, 'state.db');
  const backup = join(server.dataDirectory, 'backup.db');
  const reader = new Database(file, { readonly: true });
  await reader.backup(backup);
  reader.close();
  const lost = await putTimes(client, 10);
  assert.equal((await watch.events(20)).length, 20);
  return { server, client, watch, lost, lose: () => restoreInPlace(file, backup) };
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

if (DRIVERS.includes(sqlite)) {
  test('sqlite: when a backup is restored in place, watches end as compacted and new ones get every event', async (context) => {
    const { server, client, watch, lost, lose } = await beforeTheLoss(context);
    // Read twice, so that the read cache and the known counts have what is lost.
    for (let round = 0; round < 3; round += 1) await client.range(withPrefix('/r/'));
    lose();
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

  test('sqlite: a transaction that writes more rows than were lost ends the watches too', async (context) => {
    const { server, client, watch, lose } = await beforeTheLoss(context);
    const success = Array.from({ length: 50 }, (_, index) => ({
      request_put: { key: `/r/txn-${index}`, value: 'x' },
    }));
    lose();
    await client.txn({ success });
    assert.equal((await watch.next()).canceled, true);
    await waitFor('the metric', async () => (await rewindsOf(server)) === 1);
  });
}
