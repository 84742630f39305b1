import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestRange } from '../../../../src/mvcc/operations.ts';
import { rangeRows } from '../../../../src/mvcc/reads/range-rows.ts';
import { keyText } from '../../../../src/sql/key-text.ts';

const interval = { start: keyText(Buffer.from('a')), end: keyText(Buffer.from('b')) };

test('numbers of a range are integers of 64 bits, whatever numbers the client sent', () => {
  for (const bound of [2 ** 63, -(2 ** 63)]) {
    const revisionFilter = { minMod: bound, maxMod: bound, minCreate: bound, maxCreate: bound };
    const program = rangeRows(
      { ...newestRange, keys: interval, revisionFilter },
      { interval, point: { source: 'current' }, rowsMax: Number.POSITIVE_INFINITY, bytesMax: undefined },
    );
    const [query] = program.next().value as readonly { readonly parameters: readonly unknown[] }[];
    const numbers = query?.parameters.filter((parameter) => typeof parameter === 'number') ?? [];
    assert.equal(numbers.length, 9);
    assert.ok(numbers.every(Number.isSafeInteger), numbers.join());
    assert.ok(
      numbers.slice(0, 8).every((number) => Math.sign(number) === Math.sign(bound)),
      'a bound of 0 is no bound',
    );
  }
});
