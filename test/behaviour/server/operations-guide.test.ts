/** The examples in docs/operations.md work unchanged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config/load-config.ts';
import { freePort, ownServer, repositoryRoot, sqlite } from '../../support/index.ts';

const guide = readFileSync(join(repositoryRoot, 'docs', 'operations.md'), 'utf8');

test('the systemd unit in the guide keeps data in its directory and serves metrics', () => {
  const command = /^ExecStart=\S+ (.*)$/m.exec(guide)?.[1] ?? '';
  const flags = [...command.matchAll(/--(\S+) (\S+)/g)].map(([, name = '', value = '']) => ({ name, value }));
  const { config, notes } = loadConfig(flags, {});
  assert.deepEqual(notes, []);
  assert.match(guide, /^Type=notify$/m);
  assert.deepEqual(config.endpoint, { kind: 'sqlite', path: '/var/lib/tine/state.db' });
  assert.equal(config.listenAddresses.length, 1);
  assert.equal(config.metricsListenAddresses.length, 1);
});

test("the container's health check succeeds while the server runs and fails when it does not", async (context) => {
  const check = JSON.parse(/^ {2}CMD (\[.*\])$/m.exec(guide)?.[1] ?? '[]') as string[];
  assert.equal(check[0], 'node');
  const { server } = await ownServer(context, { driver: sqlite });
  const statusAt = (port: number) =>
    spawnSync(
      process.execPath,
      check.slice(1).map((part) => part.replace(':2379/', `:${port}/`)),
      { timeout: 20_000 },
    ).status;
  assert.equal(statusAt(server.port), 0);
  assert.equal(statusAt(await freePort()), 1);
});
