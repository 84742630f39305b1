import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../bench/load/options.ts';
import { UsageError } from '../../../bench/load/usage-error.ts';

const phases = ['create', 'get'];

test('a target has a name, an address, and optionally a watch address and a process', () => {
  const options = parseOptions(['--target', 'a=127.0.0.1:1', '--target', 'b=https://[::1]:2;host:3@45'], phases);
  assert(options !== 'help');
  assert.deepEqual(options.targets, [
    { name: 'a', isSecure: false, address: '127.0.0.1:1', watchAddress: '127.0.0.1:1', pid: undefined },
    { name: 'b', isSecure: true, address: '[::1]:2', watchAddress: 'host:3', pid: 45 },
  ]);
  assert.deepEqual(options.phases, phases);
});

const mistakes = {
  'no target': [],
  'a target without an address': ['--target', 'a'],
  'an unknown phase': ['--target', 'a=h:1', '--phases', 'get,put'],
  'an unknown option': ['--target', 'a=h:1', '--kyes', '5'],
  'a value that is not a number': ['--target', 'a=h:1', '--keys', 'many'],
  'a number below 1': ['--target', 'a=h:1', '--seconds', '0'],
};

for (const [what, argv] of Object.entries(mistakes)) {
  test(`${what} is a usage error`, () => {
    assert.throws(() => parseOptions(argv, phases), UsageError);
  });
}

test('--help needs no other option', () => {
  assert.equal(parseOptions(['--help'], phases), 'help');
});
