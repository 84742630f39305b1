import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPartName, parseSnapshotName, snapshotNameText } from '../../../src/snapshots/snapshot-name.ts';

const name = {
  prefix: 'tine-snapshot',
  clusterId: 0x1a2bn,
  atMs: Date.UTC(2026, 10, 30, 6),
  revision: 1234,
};
const text = 'tine-snapshot-0000000000001a2b-20261130T060000Z-r1234.db';

test('a name contains prefix, cluster, time and revision, and is read back', () => {
  assert.equal(snapshotNameText(name), text);
  assert.deepEqual(parseSnapshotName(text), name);
  const other = { ...name, prefix: 'etcd-snapshot-a.b_c', clusterId: 2n ** 64n - 1n, revision: 2 ** 50 };
  assert.deepEqual(parseSnapshotName(snapshotNameText(other)), other);
});

test('names in the order of their letters are in the order of their times', () => {
  const times = [0, 1_000, 59_000, 3_600_000, 86_400_000, 40 * 365 * 86_400_000];
  const names = times.map((atMs) => snapshotNameText({ ...name, atMs }));
  assert.deepEqual(names.toSorted(), names);
});

test('files of other programs, unfinished files and impossible times are no snapshots', () => {
  for (const other of [
    'state.db',
    'etcd-snapshot-node1-1700000000',
    `${text}.part`,
    `${text}.zip`,
    `.${text.slice(13)}`,
    text.replace('20261130', '20261330'),
    text.replace('r1234', 'r'),
    text.replace('1a2b', '1A2B'),
    `folder/${text}`,
  ]) {
    assert.equal(parseSnapshotName(other), undefined, other);
  }
});

test('only the unfinished file of a snapshot is deleted as one', () => {
  assert.equal(isPartName(`${text}.part`), true);
  for (const other of [text, 'backup.db.part', '.part', `${text}.part.part`])
    assert.equal(isPartName(other), false, other);
});
