import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdError } from '../../../../src/errors.ts';
import type { DatabaseFacts } from '../../../../src/mvcc/database-facts.ts';
import { nextSnapshotPage, snapshotPage, snapshotSizes } from '../../../../src/mvcc/snapshot/snapshot-pages.ts';
import { DELETED_MARK_ID } from '../../../../src/sql/statements/write-statements.ts';

const facts: DatabaseFacts = {
  joinsValues: false,
  answersLists: true,
  countsPages: false,
  rangePage: { rowsMax: 1, bytesMax: 1 },
  snapshotPageBytes: 1_024,
};
const interval = { afterId: 0, lastId: 10, compactId: 5, thereAtId: 5 };
const programs = {
  sizes: () => snapshotSizes(interval, facts),
  page: () => snapshotPage(interval, facts),
  'page of joined values': () => snapshotPage(interval, { ...facts, joinsValues: true }),
  'next page': () => nextSnapshotPage({ interval, cuts: [] }, facts),
};

for (const [name, open] of Object.entries(programs)) {
  /**
   * Runs a program over no rows. It must read the mark for which rows were deleted last, so that it
   * detects every deletion of rows before it.
   */
  const run = (deletedMarkId: number) => {
    const program = open();
    let step = program.next();
    let last: unknown;
    while (step.done !== true) {
      last = step.value.at(-1)?.statement;
      step = program.next(step.value.map(({ statement }) => (statement === DELETED_MARK_ID ? [[deletedMarkId]] : [])));
    }
    assert.equal(last, DELETED_MARK_ID);
  };

  test(`a snapshot's ${name}: a read fails if compaction may have deleted rows since the snapshot began`, () => {
    assert.throws(() => run(interval.compactId + 1), etcdError('snapshotOvertaken'));
  });

  test(`a snapshot's ${name}: a read works, also repeatedly, if compaction has not advanced since the snapshot began`, () => {
    run(interval.compactId);
    run(interval.compactId);
  });
}
