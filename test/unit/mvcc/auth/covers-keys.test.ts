import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { type Interval, joinedIntervals } from '../../../../src/kit/intervals.ts';
import { coversKeys } from '../../../../src/mvcc/auth/covers-keys.ts';
import { endOfKeys, type KeyText, keyText } from '../../../../src/sql/key-text.ts';

const letters = 'abcdefgh';
const at = (index: number): KeyText => keyText(Buffer.from(letters[index] ?? 'z'));

test('a union of intervals covers exactly the keys of its intervals, however they overlap', () => {
  for (let round = 0; round < 2_000; round += 1) {
    const spans: Interval[] = Array.from({ length: randomInt(0, 6) }, () => {
      const start = randomInt(0, letters.length - 1);
      return { start: at(start), end: at(randomInt(start + 1, letters.length)) };
    });
    const joined = joinedIntervals(spans);
    const has = (name: string) => spans.some(({ start, end }) => start <= name && name < end);
    for (let index = 0; index < letters.length; index += 1)
      assert.equal(coversKeys(joined, { one: at(index) }), has(at(index)));
    const start = randomInt(0, letters.length - 1);
    const end = randomInt(start + 1, letters.length);
    const isCovered = Array.from({ length: end - start }, (_, offset) => at(start + offset)).every(has);
    assert.equal(
      coversKeys(joined, { start: at(start), end: at(end) }),
      isCovered,
      JSON.stringify({ spans, start, end }),
    );
  }
});

test('an interval without an end needs a permission without an end', () => {
  const open = joinedIntervals([{ start: 'b', end: endOfKeys }]);
  assert.equal(coversKeys(open, { start: at(1), end: endOfKeys }), true);
  assert.equal(coversKeys(open, { start: at(0), end: endOfKeys }), false);
  assert.equal(coversKeys(joinedIntervals([{ start: 'b', end: '~' }]), { start: at(1), end: endOfKeys }), false);
});

test('no permission covers nothing', () => {
  assert.equal(coversKeys([], { one: at(0) }), false);
  assert.equal(coversKeys([], { start: at(2), end: at(1) }), false);
});

test('an interval without keys needs a permission on both sides of it', () => {
  const spans = [{ start: 'd', end: 'f' }];
  assert.equal(coversKeys(spans, { start: at(2), end: at(1) }), false);
  assert.equal(coversKeys(spans, { start: at(2), end: at(2) }), false);
  assert.equal(coversKeys(spans, { start: at(3), end: at(3) }), true);
  assert.equal(coversKeys(spans, { start: at(4), end: at(4) }), true);
  assert.equal(coversKeys(spans, { start: at(4), end: at(1) }), false);
  assert.equal(coversKeys(spans, { start: at(5), end: at(5) }), false);
});
