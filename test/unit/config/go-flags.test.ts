import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlagShape, splitCommandLine } from '../../../src/config/go-flags.ts';
import { UsageError } from '../../../src/config/usage-error.ts';

const shapeOf = (name: string): FlagShape => (name === 'b' ? 'boolean' : name === 'v' ? 'value' : 'unknown');
const split = (line: string): unknown => splitCommandLine(line.split(' '), shapeOf);

test('flags and operands may be mixed', () => {
  assert.deepEqual(split('check -v 1 file --b'), {
    flags: [
      { name: 'v', value: '1' },
      { name: 'b', value: undefined },
    ],
    operands: ['check', 'file'],
  });
});

test('a value may begin with a dash or contain =', () => {
  assert.deepEqual(split('--v -1 --v=a=b'), {
    flags: [
      { name: 'v', value: '-1' },
      { name: 'v', value: 'a=b' },
    ],
    operands: [],
  });
});

test('a boolean flag does not use the next argument', () => {
  assert.deepEqual(split('-b file'), { flags: [{ name: 'b', value: undefined }], operands: ['file'] });
});

test('an unknown flag does not use the next argument, which may be a command', () => {
  assert.deepEqual(split('--x check'), { flags: [{ name: 'x', value: undefined }], operands: ['check'] });
});

test('all arguments after -- are operands', () => {
  assert.deepEqual(split('-- --v'), { flags: [], operands: ['--v'] });
});

test('a missing value and dashes without a name are errors', () => {
  assert.throws(() => split('--v'), new UsageError('--v needs a value; see tine --help'));
  assert.throws(() => split('---v'), UsageError);
  assert.throws(() => split('--=1'), UsageError);
});
