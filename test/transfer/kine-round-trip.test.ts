import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  EtcdClient,
  freePort,
  kineProgram,
  repositoryRoot,
  Server,
  sqlite,
  temporaryDirectory,
  waitFor,
  within,
} from '../support/index.ts';

const kine = kineProgram();

/** Runs tine's command on the file of a data directory; what it printed. */
function tine(command: 'check' | 'release', dataDirectory: string): string {
  const program = join(repositoryRoot, 'src', 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, command, '--data-dir', dataDirectory], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

async function withTine(dataDirectory: string, use: (client: EtcdClient) => Promise<void>): Promise<void> {
  const server = await Server.start({ driver: sqlite, dataDirectory });
  const client = new EtcdClient(server.address);
  try {
    await use(client);
  } finally {
    client.close();
    await server.stop();
    await server.remove();
  }
}

async function withKine(
  program: string,
  dataDirectory: string,
  use: (client: EtcdClient) => Promise<void>,
): Promise<void> {
  const address = `127.0.0.1:${await freePort()}`;
  const endpoint = `sqlite://${dataDirectory}/state.db?_journal=WAL&cache=shared&_busy_timeout=30000&_txlock=immediate`;
  const child = spawn(program, ['--listen-address', address, '--endpoint', endpoint, '--metrics-bind-address', '0'], {
    stdio: 'ignore',
  });
  const client = new EtcdClient(address);
  try {
    await waitFor(
      'kine to answer',
      () =>
        client.range({ key: 'x' }).then(
          () => true,
          () => false,
        ),
      { timeoutMs: 20_000 },
    );
    await use(client);
  } finally {
    client.close();
    await ended(child);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await within(20_000, 'kine to end', once(child, 'exit'));
}

async function stored(client: EtcdClient, key: string): Promise<string | undefined> {
  const { kvs } = await client.range({ key });
  return kvs[0] === undefined ? undefined : Buffer.from(kvs[0].value).toString();
}

// kine is no package of Debian's: the rows it reads and writes are tested in test/unit/transfer, itself only where it is.
if (kine !== undefined) {
  test('a database goes from tine to kine and back, and every key goes along', async () => {
    const dataDirectory = temporaryDirectory();
    const keys = ['plain', '/registry/pods/a', 'é', 'compact_rev_key'];
    await withTine(dataDirectory, async (client) => {
      for (const key of keys) {
        await client.put({ key, value: 'first' });
        await client.put({ key, value: key });
      }
      await client.txn({
        success: ['t1', 't2', 't3'].map((key) => ({ request_put: { key, value: key } })),
      });
      await client.put({ key: 't2', value: 'again' });
      await client.deleteRange({ key: 't1' });
      const { ID } = await client.leaseGrant({ TTL: 600 });
      await client.put({ key: 'leased', value: 'leased', lease: ID });
    });
    assert.match(tine('check', dataDirectory), /: sound: .* tine's$/m);
    assert.match(tine('release', dataDirectory), /: handed back to kine$/m);
    assert.match(tine('check', dataDirectory), /: sound: .* kine's/);

    await withKine(kine, dataDirectory, async (client) => {
      for (const key of [...keys, 't3', 'leased']) assert.equal(await stored(client, key), key);
      assert.equal(await stored(client, 't2'), 'again');
      assert.equal(await stored(client, 't1'), undefined);
      await client.put({ key: 'of kine', value: 'of kine' });
    });

    assert.match(tine('check', dataDirectory), /: sound: .* kine's/);
    await withTine(dataDirectory, async (client) => {
      for (const key of [...keys, 't3', 'leased', 'of kine']) assert.equal(await stored(client, key), key);
      assert.equal(await stored(client, 't2'), 'again');
      assert.equal(await stored(client, 't1'), undefined);
      const { leases } = await client.leaseLeases({});
      assert.equal(leases.length, 1);
    });
    assert.match(tine('check', dataDirectory), /: sound: .* tine's$/m);
  });
}
