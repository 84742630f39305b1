import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OfflineAccess } from '../../src/drivers/offline.ts';
import { checkDatabase } from '../../src/transfer/check-database.ts';
import { noProgress } from '../../src/transfer/copy/progress.ts';
import { restoreSnapshot } from '../../src/transfer/snapshot/restore.ts';
import { chosenSeed } from '../parity/random.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { etcdctl } from '../support/etcdctl.ts';
import { exitOf } from '../support/exit.ts';
import {
  etcd,
  failureOf,
  onePerDialect,
  ownServer,
  runTine,
  sleep,
  TINE_DRIVERS,
  waitFor,
  within,
} from '../support/index.ts';
import { tineProgram } from '../support/paths.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { put, serving, type TestDatabase, testDatabase, writeTineDatabase } from '../transfer/databases.ts';
import { restoredEtcd, snapshotStatus } from './etcd-tools.ts';
import { hashKv } from './hash-kv.ts';
import { writeRandomHistory } from './random-history.ts';
import { ownDirectory, savedSnapshot, seen } from './seen.ts';

function restore(path: string, { endpoint }: TestDatabase, ...options: readonly string[]) {
  return runTine(['snapshot', 'restore', path, '--endpoint', endpoint, ...options]);
}

async function isSound({ access }: TestDatabase): Promise<void> {
  assert.deepEqual((await access.readSnapshot(checkDatabase)).findings, []);
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`etcd to ${driver.name} to etcd: revisions, versions, leases and history are the same`, async (context) => {
    const seed = chosenSeed();
    context.diagnostic(`TINE_TEST_SEED=${seed}`);
    const version = etcdProgramVersion();
    const source = await ownServer(context, { driver: etcd });
    const head = await writeRandomHistory([source.client], { seed, stepCount: 150, leases: true });
    const path = await savedSnapshot(context, source.server.address);
    const target = await testDatabase(context, driver);
    const { status, stdout, stderr } = restore(path, target);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`revision ${head}\n`));
    await isSound(target);
    // The hash that etcd computed during a compaction is different: see hash-kv.test.ts.
    await source.server.stop();
    await source.server.start();
    source.client.reconnect();

    const again = await serving(
      target,
      async (client) => {
        const { compact_revision } = await hashKv(client, 0);
        for (let revision = Math.max(1, compact_revision); revision <= head; revision += 7) {
          const [{ header: _own, ...own }, { header: _etcds, ...etcds }] = [
            await hashKv(client, revision),
            await hashKv(source.client, revision),
          ];
          assert.deepEqual(own, etcds, `HashKV at revision ${revision}`);
        }
        const saved = await savedSnapshot(context, client.address);
        const fromRevision = compact_revision + 1;
        const expected = await seen(source.client, { fromRevision });
        assert.deepEqual(await seen(client, { fromRevision }), expected);
        return { saved, expected, fromRevision };
      },
      { arguments: ['--emulated-etcd-version', version] },
    );
    const restored = await restoredEtcd(context, again.saved);
    assert.deepEqual(await seen(restored.client, { fromRevision: again.fromRevision }), again.expected);
  });

  test(`etcd to ${driver.name} to etcd: users, roles, passwords and permissions are the same`, async (context) => {
    const version = etcdProgramVersion();
    const { server } = await ownServer(context, { driver: etcd });
    await setUpAuth(server.address);
    const asRoot = ['--user', 'root:secret'];
    const path = await savedSnapshot(context, server.address, asRoot);
    const target = await testDatabase(context, driver);
    const { status, stdout, stderr } = restore(path, target);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /authentication is on, as in the snapshot\n/);
    const saved = await serving(
      target,
      async (client) => {
        await isGuarded(client.address);
        assert.equal((await etcdctl(client.address, ['snapshot', 'save', '/nowhere'])).status === 0, false);
        return savedSnapshot(context, client.address, asRoot);
      },
      { arguments: ['--emulated-etcd-version', version] },
    );
    await isGuarded((await restoredEtcd(context, saved)).server.address);
  });

  test(`${driver.name}: a restore into a database with data or with a running server is refused`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: 'theirs' });
    const path = await savedSnapshot(context, server.address);
    const target = await testDatabase(context, driver);
    await serving(target, async (own) => {
      // When a write is acknowledged, the instance has its row in tine_member.
      await own.leaseRevoke({ ID: (await own.leaseGrant({ TTL: 60 })).ID });
      const served = restore(path, target);
      assert.equal(served.status, 1);
      assert.match(served.stderr, /stop it, then try again/);
      await own.put({ key: 'mine' });
    });
    const { status, stderr } = restore(path, target);
    assert.equal(status, 1);
    assert.match(stderr, /it is not empty \(1 row\); give an empty database/);
    await serving(target, async (own) => {
      assert.equal((await own.range({ key: '\0', range_end: '\0' })).count, 1);
    });
  });

  test(`${driver.name}: the target of an interrupted restore is not served, and takes another snapshot`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: 'theirs' });
    const path = await savedSnapshot(context, server.address);
    const target = await testDatabase(context, driver);
    const interrupted: OfflineAccess = {
      ...target.access,
      whileLocked: (work) => {
        let count = 0;
        return target.access.whileLocked(({ transaction }) =>
          work({
            transaction: (change) =>
              transaction(async (tx) => {
                const result = await change(tx);
                count += 1;
                if (count > 1) throw new Error('cut off');
                return result;
              }),
          }),
        );
      },
    };
    await assert.rejects(restoreSnapshot(path, interrupted, { bumpRevision: 0, progress: noProgress }), /cut off/);
    const refused = runTine(['--endpoint', target.endpoint, '--listen-client-urls', 'http://127.0.0.1:0']);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /has not been finished; run the same .*`tine snapshot restore` again, or drop/);
    const source = await testDatabase(context, driver);
    const copied = runTine(['copy', '--from', server.url, '--to', target.endpoint]);
    assert.match(copied.stderr, /it contains an unfinished copy of another source/);
    await writeTineDatabase(source, [put('other', '1'), put('other', '2')]);
    const other = join(ownDirectory(context), 'other.db');
    assert.equal(runTine(['snapshot', 'save', other, '--endpoint', source.endpoint]).status, 0);
    const { status, stderr } = restore(other, target);
    assert.equal(status, 0, stderr);
    await isSound(target);
    await serving(target, async (own) => {
      assert.equal((await own.range({ key: 'other' })).header.revision, 3);
    });
  });

  test(`${driver.name}: with --bump-revision the keys are kept and the history is not`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: 'a', value: '1' });
    await client.put({ key: 'a', value: '2' });
    await client.put({ key: 'gone' });
    await client.deleteRange({ key: 'gone' });
    const path = await savedSnapshot(context, server.address);
    const target = await testDatabase(context, driver);
    assert.equal(restore(path, target, '--bump-revision', '1000').status, 2, 'the two go together');
    const { status, stderr } = restore(path, target, '--bump-revision', '1000', '--mark-compacted');
    assert.equal(status, 0, stderr);
    await isSound(target);
    await serving(target, async (own) => {
      const { header, kvs } = await own.range({ key: '\0', range_end: '\0' });
      assert.equal(header.revision, 1005);
      assert.deepEqual(
        kvs.map(({ key, value, mod_revision, version }) => [String(key), String(value), mod_revision, version]),
        [['a', '2', 3, 2]],
      );
      assert.equal((await failureOf(own.range({ key: 'a', revision: 5 }))).code, 'OUT_OF_RANGE');
      assert.equal((await own.put({ key: 'a' })).header.revision, 1006);
    });
  });
}

const [driver] = TINE_DRIVERS;
if (driver !== undefined) {
  test('a data directory of etcd is refused while etcd runs and restored after etcd has stopped', async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: 'a' });
    const target = await testDatabase(context, driver);
    const running = restore(server.dataDirectory, target);
    assert.equal(running.status, 1);
    assert.match(running.stderr, /an etcd is using it|the write-ahead log beside it has/);

    // etcd writes its db every 100 ms. If it is killed at once, only its log is written.
    await sleep(500);
    await client.put({ key: 'b' });
    await server.kill();
    const copy = join(ownDirectory(context), 'copy');
    cpSync(server.dataDirectory, copy, { recursive: true });
    const killed = restore(copy, target);
    assert.equal(killed.status, 1);
    assert.match(killed.stderr, /the write-ahead log beside it has \d+ newer entries; start this etcd/);

    await server.start();
    client.reconnect();
    await client.put({ key: 'c' });
    await server.stop();
    const { status, stderr } = restore(join(server.dataDirectory, 'member', 'snap', 'db'), target);
    assert.equal(status, 0, stderr);
    await serving(target, async (own) => {
      assert.equal((await own.range({ key: '\0', range_end: '\0' })).count, 3);
    });
  });

  test('a snapshot of a running tine or etcd can be saved over the network', async (context) => {
    const tine = await ownServer(context, { driver });
    const reference = await ownServer(context, { driver: etcd });
    for (const { server, client } of [tine, reference]) {
      await client.put({ key: 'a', value: 'b'.repeat(100_000) });
      const path = join(ownDirectory(context), 'saved.db');
      const { status, stderr } = runTine(['snapshot', 'save', path, '--endpoint', server.url]);
      assert.equal(status, 0, stderr);
      assert.match(runTine(['snapshot', 'status', path]).stdout, /revision: +2\n.*keys: +1\n.*SHA-256: +right\n/s);
      const json = runTine(['snapshot', 'status', path, '-w', 'json']).stdout;
      assert.deepEqual(JSON.parse(json), snapshotStatus(path));
    }
  });

  test('a save that is stopped, or whose network falls silent, leaves no file', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const value = Buffer.alloc(100_000, 'v');
    for (let index = 0; index < 30; index += 1) await client.put({ key: `${index}`, value });
    const proxy = await TcpProxy.start(server.port);
    context.after(() => proxy.close());
    // Windows of 64 KiB make the transfer slow.
    proxy.delayMs = 200;
    const save = async () => {
      const directory = ownDirectory(context);
      const url = `http://127.0.0.1:${proxy.port}`;
      const child = spawn(tineProgram(), ['snapshot', 'save', join(directory, 'saved.db'), '--endpoint', url], {
        env: childEnvironment(),
      });
      let printed = '';
      child.stderr.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      const exit = exitOf(child);
      const part = join(directory, 'saved.db.part');
      const hasBytes = () => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 0;
      await waitFor('a part of the file', hasBytes, { timeoutMs: 20_000 });
      return { directory, child, exit, printed: () => printed };
    };
    const stopped = await save();
    stopped.child.kill('SIGINT');
    assert.deepEqual(await stopped.exit, { status: null, signal: 'SIGINT' });
    assert.deepEqual(readdirSync(stopped.directory), []);
    const silent = await save();
    proxy.swallow();
    const end = await within(60_000, 'the end of the save', silent.exit);
    assert.deepEqual(end, { status: 1, signal: null }, silent.printed());
    assert.match(silent.printed(), /tine: http:\/\/127\.0\.0\.1:\d+: .+\n$/);
    assert.deepEqual(readdirSync(silent.directory), []);
  });

  test('a save to a path that cannot be written says what to do', async (context) => {
    const source = await testDatabase(context, driver);
    await writeTineDatabase(source, [put('a', '1')]);
    const directory = ownDirectory(context);
    const save = (path: string) => runTine(['snapshot', 'save', path, '--endpoint', source.endpoint]);
    for (const [path, what] of [
      [join(directory, 'none', 'saved.db'), /its folder does not exist; create it, or give another path\n$/],
      [directory, /is a folder, or its path contains a file; give another path\n$/],
    ] as const) {
      const { status, stderr } = save(path);
      assert.equal(status, 1);
      assert.match(stderr, what);
    }
    assert.deepEqual(readdirSync(directory), []);
  });

  test('a snapshot of a database without a running server can be saved', async (context) => {
    for (const each of onePerDialect(TINE_DRIVERS)) {
      const target = await testDatabase(context, each);
      await serving(target, async (client) => {
        await writeRandomHistory([client], { seed: 7, stepCount: 40, leases: true });
      });
      const path = join(ownDirectory(context), 'saved.db');
      const { status, stderr } = runTine(['snapshot', 'save', path, '--endpoint', target.endpoint]);
      assert.equal(status, 0, stderr);
      const copy = await testDatabase(context, each);
      const restored = restore(path, copy);
      assert.equal(restored.status, 0, restored.stderr);
      const expected = await serving(target, (client) => hashKv(client, 0));
      const { header: _own, ...found } = await serving(copy, (client) => hashKv(client, 0));
      const { header: _expected, ...wanted } = expected;
      assert.deepEqual(found, wanted);
    }
  });

  test('a file that is not a snapshot is refused with one line', async (context) => {
    const target = await testDatabase(context, driver);
    const path = join(ownDirectory(context), 'file');
    const refused = (pattern: RegExp) => {
      const { status, stdout, stderr } = restore(path, target);
      assert.equal(status, 1, stdout);
      assert.match(stderr, pattern);
    };
    refused(/no such file/);
    writeFileSync(path, '');
    refused(/it is not an etcd snapshot/);
    writeFileSync(path, Buffer.alloc(100_000, 'x'));
    refused(/it is not an etcd snapshot/);
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: 'a', value: 'x'.repeat(50_000) });
    const whole = readFileSync(await savedSnapshot(context, server.address));
    writeFileSync(path, whole.subarray(0, 30_000));
    refused(/it is truncated: it should have \d+ bytes, and has 30000/);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 40] = (damaged[damaged.length - 40] as number) ^ 1;
    writeFileSync(path, damaged);
    refused(/it is damaged: its SHA-256 does not match/);
    assert.equal(await target.access.exists(), false, 'the target was not touched');
  });
}

/** Creates root, and a user who may write only below /own/. */
async function setUpAuth(address: string): Promise<void> {
  const run = async (...command: readonly string[]) => {
    const { status, stdout, stderr } = await etcdctl(address, command);
    assert.equal(status, 0, `${command.join(' ')}: ${stdout}${stderr}`);
  };
  await run('user', 'add', 'root:secret');
  await run('role', 'add', 'writer');
  await run('role', 'grant-permission', 'writer', 'readwrite', '/own/', '/own0');
  await run('user', 'add', 'anna:word');
  await run('user', 'grant-role', 'anna', 'writer');
  await run('auth', 'enable');
}

async function isGuarded(address: string): Promise<void> {
  const as = (user: string, ...command: readonly string[]) => etcdctl(address, ['--user', user, ...command]);
  assert.equal((await as('anna:word', 'put', '/own/a', '1')).status, 0);
  assert.match((await as('anna:word', 'put', '/other', '1')).stderr, /permission denied/);
  assert.match((await as('anna:wrong', 'get', '/own/a')).stderr, /authentication failed/);
  assert.match((await etcdctl(address, ['get', '/own/a'])).stderr, /user name is empty/);
  assert.match((await as('root:secret', 'user', 'get', 'anna')).stdout, /Roles: writer/);
}
