import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesText, counted, millisecondsText, numberText, secondsText } from '../../../ui/parts/quantities.ts';

test('bytes have binary units and three digits', () => {
  const sizes = [0, 1, 1_023, 1_024, 1_536, 12_345_678, 5 * 2 ** 40];
  assert.deepEqual(sizes.map(bytesText), ['0 B', '1 B', '1,023 B', '1 KiB', '1.5 KiB', '11.8 MiB', '5 TiB']);
});

test('times are in the unit that a person would use', () => {
  assert.deepEqual([0, 0.25, 1, 12.34, 999, 12_000].map(millisecondsText), [
    '0 ms',
    '250 µs',
    '1 ms',
    '12.3 ms',
    '999 ms',
    '12 s',
  ]);
});

test('long times have their two largest units', () => {
  assert.deepEqual([-1, 0, 59.9, 60, 3_599, 3_600, 90_061].map(secondsText), [
    '0 s',
    '0 s',
    '59 s',
    '1 min',
    '59 min 59 s',
    '1 h',
    '1 d 1 h',
  ]);
});

test('numbers have three digits, and whole ones commas', () => {
  assert.deepEqual([0, 0.066912, 1, 22.64, 1_234.5].map(numberText), ['0', '0.0669', '1', '22.6', '1,235']);
  assert.deepEqual(
    [1, 2_000].map((count) => counted(count, 'key')),
    ['1 key', '2,000 keys'],
  );
});
