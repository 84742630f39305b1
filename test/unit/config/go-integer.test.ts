import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoInteger } from '../../../src/config/go-integer.ts';

test("whole numbers are parsed as Go's strconv.ParseInt does with base 0", () => {
  const known: Readonly<Record<string, number>> = {
    '0': 0,
    '-0': 0,
    '00': 0,
    '7': 7,
    '+7': 7,
    '-7': -7,
    '1_000_000': 1_000_000,
    '0x100000000': 4_294_967_296,
    '0X1f': 31,
    '0x_1F': 31,
    '-0x10': -16,
    '0b101': 5,
    '0o17': 15,
    '017': 15,
    '0_17': 15,
  };
  for (const [text, value] of Object.entries(known)) assert.equal(parseGoInteger(text), value, text);
});

test('other texts are refused', () => {
  for (const text of [
    '',
    ' 1',
    '1 ',
    '1e3',
    '1.0',
    '08',
    '0x',
    '0b2',
    '_1',
    '1_',
    '1__0',
    '--1',
    'x',
    '1k',
    'constructor',
  ]) {
    assert.equal(parseGoInteger(text), undefined, text);
  }
});
