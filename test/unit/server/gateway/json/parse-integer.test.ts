import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInteger } from '../../../../../src/server/gateway/json/parse-integer.ts';
import { fastestMs } from '../../../../support/fastest.ts';

test('a JSON number with an integer value is parsed to that integer', () => {
  const known: Readonly<Record<string, bigint | undefined>> = {
    '0': 0n,
    '-0': 0n,
    '0.000': 0n,
    '0e99': 0n,
    '12': 12n,
    '-12': -12n,
    '1.50e1': 15n,
    '1.5': undefined,
    '100e-2': 1n,
    '1e-1': undefined,
    '18446744073709551615': 18446744073709551615n,
    '1e99': undefined,
    '12 34': 12n,
    '12 34 ': undefined,
    '12 ': undefined,
    '12\n': undefined,
    '12\u0085': undefined,
    '12\u3000': undefined,
    '12\ufeff': 12n,
    '12a': undefined,
    '01': undefined,
  };
  for (const [text, expected] of Object.entries(known)) assert.equal(parseInteger(text), expected, text);
});

test('a number with more digits than any field allows is refused, however long it is', () => {
  const long = 4 * 1024 * 1024;
  for (const text of [
    `1${'0'.repeat(long)}1`,
    `-${'9'.repeat(long)}`,
    `0.${'0'.repeat(long)}1`,
    `1${'0'.repeat(long)}e-${long}`,
    `1e${'0'.repeat(long)}1`,
  ]) {
    assert(fastestMs(() => assert.equal(parseInteger(text), undefined)) < 100, 'it is not read');
  }
});
