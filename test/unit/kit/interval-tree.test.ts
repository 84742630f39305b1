import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntervalTree } from '../../../src/kit/interval-tree.ts';
import type { Interval } from '../../../src/kit/intervals.ts';
import { seededRandom } from '../wire/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`a look-up finds the items whose intervals contain a key (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const names = [...'abcdefghijkl'];
  const draw = (from: number) => from + Math.floor(random() * (names.length - from));
  const tree = new IntervalTree<number>();
  const model = new Map<number, Interval>();
  for (let item = 0; item < 5_000; item += 1) {
    const start = draw(0);
    const interval = { start: names[start] as string, end: names[draw(start)] as string };
    tree.add(interval, item);
    model.set(item, interval);
    for (const old of [...model.keys()].filter(() => random() < (model.size > 30 ? 0.2 : 0.01))) {
      assert.equal(tree.remove(model.get(old) as Interval, old), true);
      assert.equal(tree.remove(model.get(old) as Interval, old), false);
      model.delete(old);
    }
    const key = names[draw(0)] as string;
    const found: number[] = [];
    tree.match(key, found);
    const expected = [...model].filter(([, { start, end }]) => start <= key && key < end).map(([each]) => each);
    assert.deepEqual(
      found.sort((a, b) => a - b),
      expected,
    );
  }
});
