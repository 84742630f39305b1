import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { interfaceAddresses } from '../../../src/kit/interface-addresses.ts';

test('the addresses of all interfaces include the loopback', () => {
  assert.ok(interfaceAddresses().some(({ address }) => address === '127.0.0.1'));
});

test('there are no addresses where the system refuses to list them, as under a unit of systemd', () => {
  const module = import.meta.resolve('../../../src/kit/interface-addresses.ts');
  const refusal = import.meta.resolve('../../support/refuse-netlink.ts');
  const script = `
    import assert from 'node:assert/strict';
    import { networkInterfaces } from 'node:os';
    import { interfaceAddresses } from '${module}';
    assert.throws(networkInterfaces);
    assert.deepEqual(interfaceAddresses(), []);`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', refusal, '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});
