import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowerBound } from '../../../src/kit/lower-bound.ts';

test('the first index at which the condition holds is found, for every length and position', () => {
  for (let length = 0; length < 20; length += 1) {
    const items = Array.from({ length }, (_, index) => index);
    for (let first = 0; first <= length; first += 1)
      assert.equal(
        lowerBound(items, (item) => item >= first),
        first,
      );
  }
});
