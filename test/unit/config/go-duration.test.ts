import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from '../../../src/config/go-duration.ts';

test("durations are parsed as Go's time.ParseDuration does", () => {
  const known: Readonly<Record<string, number>> = {
    '0': 0,
    '5s': 5000,
    '2m30s': 150_000,
    '1h': 3_600_000,
    '1.5h': 5_400_000,
    '100ms': 100,
    '.5s': 500,
    '1.s': 1000,
    '250us': 0.25,
    '250µs': 0.25,
    '-3s': -3000,
    '+3s': 3000,
    '1h0m0.5s': 3_600_500,
  };
  for (const [text, ms] of Object.entries(known)) assert.equal(parseGoDuration(text), ms, text);
});

test('invalid durations are refused', () => {
  for (const text of ['', '5', 's', '5 s', '1d', '1h30', '--1s', '1s-1s', '.s', '5S']) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});
