import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Connection, createConnection } from 'mysql2';
import { pino } from 'pino';
import { parseDsn, type RemoteDsn } from '../../../../src/config/database/database-dsn.ts';
import { connectionSettings } from '../../../../src/drivers/mysql/connection-settings.ts';
import { MysqlSession } from '../../../../src/drivers/mysql/mysql-session.ts';
import { prepareDatabase } from '../../../../src/drivers/mysql/prepare-database.ts';
import { makeReady } from '../../../../src/drivers/mysql/ready-connection.ts';
import { StatementMeter } from '../../../../src/drivers/statement-meter.ts';
import { decoded, decodedOne, listQuery, query } from '../../../../src/mvcc/program.ts';
import { newestByName } from '../../../../src/sql/rows/newest-row.ts';
import { anyValue, record } from '../../../../src/sql/shape.ts';
import { type Parameter, selectsRows } from '../../../../src/sql/statement.ts';
import { EVENTS_AFTER, HEAD, NEWEST_ROWS } from '../../../../src/sql/statements/read-statements.ts';
import { DELETE_ROWS, INSERT_ROWS } from '../../../../src/sql/statements/write-statements.ts';
import { TINE_DRIVERS } from '../../../support/drivers.ts';

const directory = `unit-session-${process.pid}`;
const connections: Connection[] = [];
let dsn: RemoteDsn;

for (const driver of TINE_DRIVERS.filter(({ dialect }) => dialect === 'mysql')) {
  describe(driver.name, () => {
    before(async () => {
      const [, endpoint = ''] = driver.storageArguments(directory);
      dsn = parseDsn(endpoint).dsn as RemoteDsn;
      await prepareDatabase({ dsn, host: host(), logger: pino({ enabled: false }) });
    });

    after(async () => {
      for (const connection of connections) connection.destroy();
      await driver.dropStorage(directory);
    });

    test('names and values are read back byte by byte', async () => {
      const names = ["it's", 'back\\slash', '\u00010', '\u007fff', 'a', 'a ', 'A', '%_', 'semi;colon', '--', '?'];
      const value = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await insert(names.map((name, index) => keyRow(100 + index, name, value)));
      const reader = await session();
      const [found] = await reader.run([
        listQuery(
          NEWEST_ROWS,
          names.map((name) => [name]),
        ),
      ]);
      const newest = newestByName(found);
      assert.deepEqual([...newest.keys()].sort(), names.toSorted());
      for (const { keyValue } of newest.values()) assert.deepEqual(keyValue?.value, value);
    });

    test('rows end with the row that reaches the byte limit, also with long values', async () => {
      const sizes = [10, 100_000, 8_192, 8_191, 0, 300_000];
      await insert(sizes.map((size, index) => keyRow(200 + index, `/size/${index}`, Buffer.alloc(size, index + 1))));
      const reader = await session();
      reader.begin('snapshot');
      const bounded = { ...query(EVENTS_AFTER, 199, 500), bytesMax: 10 + 100_000 + 8_192 + 1 };
      const [found] = await reader.run([bounded]);
      const values = decoded(EVENTS_AFTER, found).map(({ keyValue }) => keyValue.value);
      assert.deepEqual(
        values.map((value) => value?.length),
        sizes.slice(0, 4),
      );
      assert.ok(values.every((value, index) => value?.every((byte) => byte === index + 1)));
      await reader.commit();
    });

    test('an empty list is not sent, and finds and changes nothing', async () => {
      const reader = await session();
      assert.deepEqual(await reader.run([listQuery(NEWEST_ROWS, []), listQuery(DELETE_ROWS, [])]), [[], [[0]]]);
    });

    test('a writer waits for the one before and then sees its writes', async () => {
      const [first, second] = [await session(), await session()];
      first.begin('exclusive');
      await first.run([listQuery(INSERT_ROWS, [keyRow(300, '/lock', Buffer.from('a'))])]);
      second.begin('exclusive');
      let sees: unknown;
      const seen = second.run([query(HEAD)]).then(([head]) => {
        sees = decodedOne(HEAD, head)?.id;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(sees, undefined);
      await first.commit();
      await seen;
      assert.equal(sees, 300);
      await second.rollback();
    });

    test('finding the newest of ten thousand rows of a name reads one row, whatever other names have', async () => {
      const rows = Array.from({ length: 10_000 }, (_, index) =>
        keyRow(1_001 + index, '/deep', Buffer.from('v'), index === 0 ? 0 : 1_000 + index),
      );
      for (let start = 0; start < rows.length; start += 1_000) await insert(rows.slice(start, start + 1_000));
      const reader = await session();
      const readRows = async () => {
        const [status] = await reader.run([query(HANDLER_READS)]);
        return decoded(HANDLER_READS, status).reduce((sum, { reads }) => sum + Number(reads), 0);
      };
      const beforeReads = await readRows();
      const [found] = await reader.run([listQuery(NEWEST_ROWS, [['/deep']])]);
      assert.equal(decodedOne(NEWEST_ROWS, found)?.id, 11_000);
      assert.ok((await readRows()) - beforeReads < 1_000, 'it does not read them all');
      // A name has few rows on average now, so that sorting them seems cheap.
      const others = Array.from({ length: 5_000 }, (_, index) =>
        keyRow(20_001 + index, `/flat/${index}`, Buffer.from('v')),
      );
      for (let start = 0; start < others.length; start += 1_000) await insert(others.slice(start, start + 1_000));
      await reader.run([query(ANALYZE)]);
      const flatReads = await readRows();
      await reader.run([listQuery(NEWEST_ROWS, [['/deep'], ['/flat/1']])]);
      assert.ok((await readRows()) - flatReads < 1_000, 'it does not sort them all');
    });
  });
}

function host() {
  const [first] = dsn.hosts;
  assert.ok(first !== undefined);
  return first;
}

async function session(): Promise<MysqlSession> {
  const connection = createConnection(await connectionSettings(dsn, host()));
  connection.on('error', () => {});
  connections.push(connection);
  await makeReady(connection);
  return new MysqlSession(connection, new StatementMeter({ slowMs: Number.POSITIVE_INFINITY, onSlow: () => {} }));
}

function keyRow(id: number, name: string, value: Uint8Array, previous = 0): readonly Parameter[] {
  return [id, name, previous === 0 ? 1 : 0, 0, 0, previous, 0, value, 1, null, null, null];
}

async function insert(rows: readonly (readonly Parameter[])[]): Promise<void> {
  const writer = await session();
  writer.begin('exclusive');
  const [inserted] = await writer.run([listQuery(INSERT_ROWS, rows)]);
  assert.deepEqual(inserted, [[rows.length]]);
  await writer.commit();
}

const ANALYZE = selectsRows('analyze', anyValue, () => 'ANALYZE TABLE kine');

const HANDLER_READS = selectsRows(
  'handler_reads',
  record({ name: 'text', reads: 'text' }),
  () => "SHOW SESSION STATUS LIKE 'Handler\\_read%'",
);
