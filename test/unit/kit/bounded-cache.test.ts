import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from '../../../src/kit/bounded-cache.ts';

test('above the number of entries the oldest is evicted, and an entry set again is the newest', () => {
  const cache = new BoundedCache<number>({ countMax: 2, bytesMax: 1_000 });
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('a', 3);
  cache.set('c', 4);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => cache.get(key)),
    [3, undefined, 4],
  );
});

test('above the number of bytes the oldest entries are evicted, not counting deleted or replaced ones', () => {
  const cache = new BoundedCache<number>({ countMax: 100, bytesMax: 1_000 });
  for (let round = 0; round < 100; round += 1) {
    cache.set('replaced', round, 80);
    cache.set('deleted', round, 80);
    cache.delete('deleted');
  }
  for (let index = 0; index < 20; index += 1) cache.set(`${index}`, index, 98);
  const kept = Array.from({ length: 20 }, (_, index) => cache.get(`${index}`)).filter((value) => value !== undefined);
  assert.deepEqual(kept, [11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.equal(cache.get('replaced'), undefined);
});

test('an entry that would evict most others is not stored', () => {
  const cache = new BoundedCache<number>({ countMax: 100, bytesMax: 1_000 });
  cache.set('small', 1, 50);
  cache.set('x'.repeat(100), 2);
  cache.set('large', 3, 200);
  assert.equal(cache.get('x'.repeat(100)), undefined);
  assert.equal(cache.get('large'), undefined);
  assert.equal(cache.get('small'), 1);
  cache.clear();
  assert.equal(cache.get('small'), undefined);
});
