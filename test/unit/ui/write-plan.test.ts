import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOfText } from '../../../ui/bytes.ts';
import { olderVersions, type Version, versionOf } from '../../../ui/value/history.ts';
import { compareOf, txnOf } from '../../../ui/value/write-plan.ts';
import { loadSchemas } from '../../support/ui/stored-objects.ts';

const key = bytesOfText('/a');
const seen: Version = await versionOf(
  { key: 'L2E=', mod_revision: '9007199254740993', version: '2', lease: '77' },
  loadSchemas,
);

describe('a write of the page', () => {
  test('compares with the revision that the user saw, in all its digits', () => {
    const plan = { key, value: bytesOfText('x'), seen };
    assert.equal(compareOf(plan), 'mod_revision(/a) = 9007199254740993');
    assert.deepEqual(txnOf(plan), {
      compare: [{ key: 'L2E=', target: 'MOD', result: 'EQUAL', mod_revision: '9007199254740993' }],
      success: [{ request_put: { key: 'L2E=', value: 'eA==', ignore_lease: true } }],
      failure: [{ request_range: { key: 'L2E=', keys_only: true } }],
    });
  });

  test('of a new key compares with no key', () => {
    const plan = { key, value: bytesOfText(''), seen: undefined };
    assert.equal(compareOf(plan), 'create_revision(/a) = 0');
    assert.deepEqual(txnOf(plan), {
      compare: [{ key: 'L2E=', target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
      success: [{ request_put: { key: 'L2E=', value: '' } }],
      failure: [{ request_range: { key: 'L2E=', keys_only: true } }],
    });
  });
});

describe('the history of a key', async () => {
  const at = (revision: number, version: number) => ({
    key: 'L2E=',
    value: btoa(`v${version}`),
    create_revision: '5',
    mod_revision: String(revision),
    version: String(version),
  });
  const versions = [at(5, 1), at(8, 2), at(20, 3)];
  const range = (compactedBelow: number) => async (request: object) => {
    const revision = Number((request as { revision: string }).revision);
    if (revision < compactedBelow) throw Object.assign(new Error('compacted'), { code: 11 });
    const found = versions.findLast(({ mod_revision }) => Number(mod_revision) <= revision);
    return { header: {}, kvs: found === undefined ? [] : [found] };
  };
  const than = await versionOf(at(20, 3), loadSchemas);

  test('ends at the creation', async () => {
    const found = await olderVersions('L2E=', { than, countMax: 10, range: range(0), load: loadSchemas });
    assert.deepEqual(
      found.versions.map(({ modRevision }) => modRevision),
      ['8', '5'],
    );
    assert.equal(found.end, 'created');
  });

  test('ends where history was compacted', async () => {
    const found = await olderVersions('L2E=', { than, countMax: 10, range: range(8), load: loadSchemas });
    assert.deepEqual(
      found.versions.map(({ modRevision }) => modRevision),
      ['8'],
    );
    assert.equal(found.end, 'compacted');
  });

  test('is read in parts', async () => {
    const found = await olderVersions('L2E=', { than, countMax: 1, range: range(0), load: loadSchemas });
    assert.deepEqual(
      found.versions.map(({ modRevision }) => modRevision),
      ['8'],
    );
    assert.equal(found.end, undefined);
  });
});
