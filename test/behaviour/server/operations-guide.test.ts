/** The examples in docs/operations.md work unchanged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, ownServer, repositoryRoot, sqlite } from '../../support/index.ts';

const guide = readFileSync(join(repositoryRoot, 'docs', 'operations.md'), 'utf8');

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
