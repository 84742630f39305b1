import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownSnapshot } from '../../../src/snapshots/known-snapshot.ts';
import { expired } from '../../../src/snapshots/retention.ts';
import { snapshotNameText } from '../../../src/snapshots/snapshot-name.ts';

const nowMs = 1_000_000;
const keep = (keptCount: number) => ({ keptCount, nowMs });
const series = { prefix: 'tine-snapshot', clusterId: 7n };

function known(seconds: number, of: Partial<KnownSnapshot> = {}): KnownSnapshot {
  const name = { ...series, atMs: seconds * 1000, revision: seconds, ...of };
  const text = snapshotNameText(name);
  return { ...name, name: text, bytes: 1, place: 'folder', location: `/snapshots/${text}` };
}

const secondsOf = (found: readonly KnownSnapshot[]): readonly number[] => found.map(({ atMs }) => atMs / 1000);

test('the oldest snapshots that are more than the number to keep expire', () => {
  const all = [5, 1, 4, 2, 3].map((seconds) => known(seconds));
  assert.deepEqual(secondsOf(expired(all, series, keep(2))), [1, 2, 3]);
  assert.deepEqual(expired(all, series, keep(5)), []);
  assert.deepEqual(expired(all, series, keep(6)), []);
});

test('0 keeps all', () => {
  assert.deepEqual(expired([known(1), known(2)], series, keep(0)), []);
});

test('snapshots on demand, of other clusters and with other names neither expire nor count', () => {
  const others = [
    known(1, { prefix: 'on-demand' }),
    known(2, { clusterId: 8n }),
    known(3, { prefix: 'tine-snapshot-old' }),
  ];
  assert.deepEqual(secondsOf(expired([...others, known(4), known(5)], series, keep(1))), [4]);
  assert.deepEqual(expired(others, series, keep(1)), []);
});

test('snapshots from before the clock was set back expire first, and never replace new ones', () => {
  const future = [known(2_000_000), known(3_000_000)];
  assert.deepEqual(secondsOf(expired([...future, known(900), known(950)], series, keep(2))), [2_000_000, 3_000_000]);
  assert.deepEqual(secondsOf(expired([...future, known(950)], series, keep(2))), [2_000_000]);
  assert.deepEqual(secondsOf(expired([known(999), known(1_000), known(1_001)], series, keep(1))), [1_001, 999]);
});
