import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { openConnection, StatementRunner } from '../../../../src/drivers/sqlite/connection.ts';
import { prepareDatabase } from '../../../../src/drivers/sqlite/prepare-database.ts';
import { runProgram } from '../../../../src/drivers/sqlite/run-program.ts';
import {
  decoded,
  insertEach,
  listQuery,
  type Program,
  query,
  rawRows,
  rows,
  rowsOf,
} from '../../../../src/mvcc/program.ts';
import { sqliteDialect } from '../../../../src/sql/dialects/sqlite-dialect.ts';
import { sqliteOfflineDialect } from '../../../../src/sql/dialects/sqlite-offline-dialect.ts';
import { gapRow, markRow, putRow, tombstoneRow } from '../../../../src/sql/rows/kine-rows.ts';
import { kineColumns } from '../../../../src/sql/rows/kine-table.ts';
import { newestAfterHead, newestByName } from '../../../../src/sql/rows/newest-row.ts';
import type { Values } from '../../../../src/sql/statement.ts';
import { copiedRows } from '../../../../src/sql/statements/copy-statements.ts';
import {
  EVENTS_AFTER,
  HEAD,
  HEAD_AND_NEWEST_SMALL_ROWS,
  NEWEST_ROWS,
  NEWEST_ROWS_WITHOUT_VALUE,
  NEWEST_SMALL_ROWS,
} from '../../../../src/sql/statements/read-statements.ts';
import { INSERT_ROWS } from '../../../../src/sql/statements/write-statements.ts';
import { temporaryDirectory } from '../../../support/index.ts';
import { allStatements } from '../all-statements.ts';

const value = (text: string) => Buffer.from(text);
const lease = { id: 9_007_199_254_740_993n, ttlSeconds: 60 };
const noLease = { id: 0n, ttlSeconds: 0 };

/** A key that is created, updated and deleted; two keys of one transaction; a gap. */
const log = [
  putRow({
    id: 2,
    revision: 2,
    subRevision: 0,
    name: 'a',
    replacedId: 0,
    createRevision: undefined,
    version: 1,
    value: value('1'),
    lease,
  }),
  putRow({
    id: 3,
    revision: 3,
    subRevision: 0,
    name: 'a',
    replacedId: 2,
    createRevision: 2,
    version: 2,
    value: value('2'),
    lease: noLease,
  }),
  putRow({
    id: 4,
    revision: 4,
    subRevision: 0,
    name: 'b',
    replacedId: 0,
    createRevision: undefined,
    version: 1,
    value: value('3'),
    lease: noLease,
  }),
  putRow({
    id: 5,
    revision: 4,
    subRevision: 1,
    name: 'c',
    replacedId: 0,
    createRevision: undefined,
    version: 1,
    value: value(''),
    lease: noLease,
  }),
  tombstoneRow({ id: 6, revision: 5, subRevision: 0, name: 'a', replacedId: 3 }),
  gapRow({ id: 7, revision: 6 }),
];

suite('rows of table kine', async () => {
  const path = join(temporaryDirectory(), 'state.db');
  await prepareDatabase(path);
  const database = openConnection(path, 'writer');
  after(() => database.close());
  database.exec(sqliteOfflineDialect.copyTable);
  const statements = new StatementRunner(database);
  const run = <Result>(program: Program<Result>): Result => runProgram(program, statements);
  run(insertEach(INSERT_ROWS, log));

  test('every row that a program writes is read back unchanged', () => {
    const found = run(rows(copiedRows('tine'), 1, 7)).map(({ key, ...rest }) => ({ ...rest, name: key.toString() }));
    assert.deepEqual(found, log);
  });

  test('a row stores its revision only if it differs from the id, and its sub revision only if it is not the first', () => {
    assert.deepEqual(
      log.map(({ revision, subRevision }) => [revision, subRevision]),
      [
        [null, null],
        [null, null],
        [null, null],
        [4, 1],
        [5, null],
        [6, null],
      ],
    );
  });

  test('the TTL of a row is limited to the maximum of the column in kine', () => {
    const row = putRow({
      id: 2,
      revision: 2,
      subRevision: 0,
      name: 'a',
      replacedId: 0,
      createRevision: undefined,
      version: 1,
      value: value('1'),
      lease: { id: 1n, ttlSeconds: 2 ** 40 },
    });
    assert.equal(row.ttlSeconds, 2 ** 31 - 1);
    assert.equal(row.leaseId, 1n);
  });

  test('a compaction mark stores the compacted id, and whether anything was compacted', () => {
    const mark = markRow({ id: 1, compactedId: 5, version: 2 });
    assert.deepEqual([mark.name, mark.created, mark.replacedId, mark.version], ['compact_rev_key', 1, 5, 2]);
  });

  test('newest rows are decoded with values, without values, and after the head', () => {
    const names = [['a'], ['b'], ['c'], ['unknown']];
    const b = { name: 'b', id: 4, modRevision: 4, createRevision: 4, version: 1, lease: null };
    const whole = newestByName(run(rawRows(listQuery(NEWEST_ROWS, names))));
    assert.deepEqual([...whole.keys()], ['a', 'b', 'c']);
    assert.deepEqual(whole.get('a'), { id: 6, keyValue: undefined, isLarge: false });
    assert.deepEqual(whole.get('b')?.keyValue, { ...b, value: value('3') });
    assert.equal(whole.get('c')?.keyValue?.modRevision, 4);
    const bare = newestByName(run(rawRows(listQuery(NEWEST_ROWS_WITHOUT_VALUE, names))));
    assert.deepEqual(bare.get('b')?.keyValue, { ...b, value: null });
    const [headRow = []] = run(rawRows(query(HEAD)));
    const head = HEAD.decode(headRow);
    assert.deepEqual(head, { id: 7, revision: 6, compactId: 0, compactRevision: -1, authState: 2 });
    // The statement that selects both does not run on SQLite.
    const [newest = []] = run(rawRows(listQuery(NEWEST_SMALL_ROWS, [['b']])));
    const found = [[...(headRow as Values), ...(newest as Values)]];
    assert.deepEqual(decoded(HEAD_AND_NEWEST_SMALL_ROWS, found)[0], head);
    assert.deepEqual(newestAfterHead(found).get('b'), { id: 4, keyValue: { ...b, value: value('3') }, isLarge: false });
  });

  test('an event is a row and the row that it replaced; a gap is not an event', () => {
    const found = run(rowsOf(query(EVENTS_AFTER, 1, 100)));
    assert.deepEqual(
      found.map(({ isEvent, isDelete, keyValue, previous }) => [keyValue.id, isEvent, isDelete, previous?.id]),
      [
        [2, true, false, undefined],
        [3, true, false, 2],
        [4, true, false, undefined],
        [5, true, false, undefined],
        [6, true, true, 3],
        [7, false, true, undefined],
      ],
    );
    assert.deepEqual(found[1]?.previous?.value, value('1'));
    assert.equal(found[1]?.previous?.lease, lease.id.toString());
  });

  test('the table has all described columns', () => {
    const there = database.prepare("SELECT name FROM pragma_table_info('kine')").pluck().all();
    assert.deepEqual(
      kineColumns.map(({ name }) => name).filter((name) => !there.includes(name)),
      [],
    );
  });

  for (const statement of await allStatements()) {
    if (statement.returns === 'change' || statement === HEAD_AND_NEWEST_SMALL_ROWS) continue;
    test(`${statement.name} returns the columns that it names`, () => {
      const columns = database.prepare(statement.text(sqliteDialect)).columns();
      assert.equal(columns.length, statement.columns.length);
    });
  }
});
