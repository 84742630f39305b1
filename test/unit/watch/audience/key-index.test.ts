import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsKey, type Keys } from '../../../../src/mvcc/ids.ts';
import { endOfKeys, type KeyText } from '../../../../src/sql/key-text.ts';
import { KeyIndex } from '../../../../src/watch/audience/key-index.ts';
import { chosenSeed, Random } from '../../../parity/random.ts';

const seed = chosenSeed();

function randomKey(random: Random): KeyText {
  const length = random.between(1, 4);
  return Array.from({ length }, () => random.pick(['a', 'b', '/', '0'])).join('') as KeyText;
}

function randomKeys(random: Random): Keys {
  if (random.chance(30)) return { one: randomKey(random) };
  const start = randomKey(random);
  if (random.chance(20)) return { start, end: endOfKeys };
  if (random.chance(50)) return { start, end: `${start.slice(0, -1)}\x7e` as KeyText };
  return { start, end: randomKey(random) };
}

test(`the watchers of a key equal those found by checking all watchers (seed ${seed})`, () => {
  const random = new Random(seed);
  const index = new KeyIndex<number>();
  const entries = new Map<number, Keys>();
  for (let step = 0; step < 5_000; step += 1) {
    if (random.chance(55)) {
      const keys = randomKeys(random);
      entries.set(step, keys);
      index.add(keys, step);
    } else if (entries.size > 0) {
      const [item, keys] = random.pick([...entries].slice(0, 50));
      entries.delete(item);
      assert.equal(index.remove(keys, item), true);
      assert.equal(index.remove(keys, item), false);
    }
    const key = randomKey(random);
    const found: number[] = [];
    index.match(key, found);
    const expected = [...entries].filter(([, keys]) => holdsKey(keys, key)).map(([item]) => item);
    assert.deepEqual(
      found.sort((a, b) => a - b),
      expected,
    );
  }
});

test('a look-up among 20,000 prefixes and one interval of all keys checks few of them', () => {
  const index = new KeyIndex<number>();
  for (let item = 0; item < 20_000; item += 1) {
    const start = `/registry/${String(item).padStart(6, '0')}/` as KeyText;
    index.add({ start, end: `${start.slice(0, -1)}0` as KeyText }, item);
  }
  index.add({ start: '\x010' as KeyText, end: endOfKeys }, -1);
  const startedAt = performance.now();
  for (let turn = 0; turn < 10_000; turn += 1) {
    const found: number[] = [];
    index.match(`/registry/${String(turn).padStart(6, '0')}/x`, found);
    assert.equal(found.length, 2);
  }
  const microsecondsEach = (performance.now() - startedAt) / 10;
  // A walk over all of them takes about 500.
  assert.ok(microsecondsEach < 100, `${microsecondsEach} microseconds a look-up`);
});
