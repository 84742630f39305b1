import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextSteps } from '../../../src/commands/next-steps.ts';
import { flagShape } from '../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../src/config/go-flags.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

const stepsOf = (...args: string[]): string => {
  const { config } = loadConfig(splitCommandLine(args, flagShape).flags, {});
  return nextSteps('https://0.0.0.0:2379', config);
};

test('with TLS the example commands have the CA certificate', () => {
  const text = stepsOf('--listen-client-urls', 'https://0.0.0.0:2379', '--auto-tls', '--data-dir', '/x');
  const access = 'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/x/fixtures/client/cert.pem put';
  assert.ok(text.includes(access), text);
  assert.ok(text.includes('--etcd-cafile=/x/fixtures/client/cert.pem'), text);
  assert.ok(text.includes('k3s server --datastore-endpoint=https://127.0.0.1:2379 --datastore-cafile='), text);
});

test('with client certificates the example commands have the client certificate too', () => {
  const text = stepsOf('--listen-client-urls', 'https://0.0.0.0:2379', '--auto-tls', '--client-cert-auth');
  assert.ok(text.includes('--cert=client.crt --key=client.key'), text);
});

test('the address of the page is shown where the page is served', () => {
  const page = 'https://127.0.0.1:2379/ui/ shows';
  assert.ok(stepsOf('--listen-client-urls', 'https://0.0.0.0:2379', '--auto-tls').includes(page));
  assert.ok(!stepsOf('--enable-ui=false').includes(page));
  assert.ok(!stepsOf('--listen-client-http-urls', 'http://127.0.0.1:2390').includes(page));
  assert.doesNotMatch(nextSteps('unix:///run/tine.sock', loadConfig([], {}).config), /\/ui\//);
});

test('commands have colours on a terminal only', () => {
  const { config } = loadConfig([], {});
  assert.ok(!nextSteps('http://127.0.0.1:2379', config).includes('\x1b'));
});
