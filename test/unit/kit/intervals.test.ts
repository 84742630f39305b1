import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStartingThrough, type Interval, intervalAt, joinedIntervals } from '../../../src/kit/intervals.ts';
import { seededRandom } from '../wire/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`joined intervals are sorted, apart from each other, and contain the same names (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const names = [...'abcdefghij'];
  const draw = (from: number) => from + Math.floor(random() * (names.length - from));
  for (let round = 0; round < 2_000; round += 1) {
    const intervals: Interval[] = Array.from({ length: Math.floor(random() * 6) }, () => {
      const start = draw(0);
      return { start: names[start] as string, end: names[draw(start)] as string };
    });
    const joined = joinedIntervals(intervals);
    joined.slice(1).forEach(({ start }, index) => {
      assert.ok((joined[index] as Interval).end < start, JSON.stringify(joined));
    });
    for (const name of names) {
      const isIn = intervals.some(({ start, end }) => start <= name && name < end);
      assert.equal(intervalAt(joined, name) !== undefined, isIn, `${name} ${JSON.stringify(intervals)}`);
    }
  }
});

test('a name is in the last interval that starts at or before it, or in none', () => {
  const intervals = [
    { start: 'b', end: 'd' },
    { start: 'f', end: 'h' },
  ];
  const found = ['a', 'b', 'c', 'd', 'f', 'h'].map((name) => intervalAt(intervals, name)?.start);
  assert.deepEqual(found, [undefined, 'b', 'b', undefined, 'f', undefined]);
  assert.deepEqual(
    ['a', 'b', 'e', 'f', 'z'].map((name) => countStartingThrough(intervals, name)),
    [0, 1, 1, 2, 2],
  );
});
