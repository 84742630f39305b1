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

test('the address of the page is printed if the page is served there', () => {
  const { config } = loadConfig([], {});
  assert.doesNotMatch(nextSteps('http://0.0.0.0:2379', { ...config, servesUi: false }), /ui/);
  assert.match(nextSteps('http://0.0.0.0:2379', { ...config, servesUi: true }), /: http:\/\/127\.0\.0\.1:2379\/ui\/\n/);
  assert.doesNotMatch(nextSteps('unix:///run/tine.sock', { ...config, servesUi: true }), /\/ui\//);
  const elsewhere = loadConfig([{ name: 'listen-client-http-urls', value: 'http://127.0.0.1:2380' }], {}).config;
  assert.doesNotMatch(nextSteps('http://127.0.0.1:2379', { ...elsewhere, servesUi: true }), /\/ui\//);
});

test('commands have colours on a terminal only', () => {
  const { config } = loadConfig([], {});
  assert.ok(!nextSteps('http://127.0.0.1:2379', config).includes('\x1b'));
});
