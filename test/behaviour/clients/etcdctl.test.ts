import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdctl, startEtcdctl } from '../../support/etcdctl.ts';
import { DRIVERS, suite, waitFor } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  /** Runs etcdctl, which must succeed. Returns its output. */
  async function run(commandArguments: string[], input = ''): Promise<string> {
    const { status, stdout, stderr } = await etcdctl(shared.server.address, commandArguments, input);
    assert.equal(status, 0, stderr);
    return stdout.trimEnd();
  }

  async function runJson<T>(...commandArguments: string[]): Promise<T> {
    return JSON.parse(await run([...commandArguments, '--write-out=json'])) as T;
  }

  test(`${driver.name}: etcdctl puts, gets and deletes`, async () => {
    const key = shared.prefix();
    assert.equal(await run(['put', key, 'hello']), 'OK');
    assert.equal(await run(['get', key]), `${key}\nhello`);
    assert.equal(await run(['put', '--prev-kv', key, 'again']), `OK\n${key}\nhello`);
    assert.equal(await run(['get', '--print-value-only', key]), 'again');
    assert.equal(await run(['del', '--prev-kv', key]), `1\n${key}\nagain`);
    assert.equal(await run(['get', key]), '');
    assert.equal(await run(['del', key]), '0');
  });

  test(`${driver.name}: etcdctl gets ranges, prefixes and keys from a start key, sorted and limited`, async () => {
    const prefix = `~${shared.prefix()}`;
    for (const [name, value] of [
      ['a', '3'],
      ['b', '1'],
      ['c', '2'],
    ] as const) {
      await run(['put', prefix + name, value]);
    }
    const keys = (...names: string[]) => names.map((name) => prefix + name).join('\n\n');
    assert.equal(await run(['get', '--prefix', '--keys-only', prefix]), keys('a', 'b', 'c'));
    assert.equal(await run(['get', '--keys-only', `${prefix}a`, `${prefix}c`]), keys('a', 'b'));
    assert.equal(await run(['get', '--from-key', '--keys-only', `${prefix}b`]), keys('b', 'c'));
    assert.equal(await run(['get', '--prefix', '--keys-only', '--limit=1', prefix]), keys('a'));
    const sorted = ['get', '--prefix', '--print-value-only', '--sort-by=VALUE', '--order=DESCEND', prefix];
    assert.equal(await run(sorted), '3\n2\n1');
    const { count } = await runJson<{ count: number }>('get', '--prefix', '--limit=1', prefix);
    assert.equal(count, 3);
    assert.ok((await run(['get', '--from-key', '--keys-only', ''])).includes(`${prefix}c`), 'every key');
    assert.equal(await run(['del', '--prefix', prefix]), '3');
  });

  test(`${driver.name}: etcdctl gets a key at a revision`, async () => {
    const key = shared.prefix();
    const { header } = await runJson<{ header: { revision: number } }>('put', key, 'old');
    await run(['put', key, 'new']);
    assert.equal(await run(['get', '--print-value-only', `--rev=${header.revision}`, key]), 'old');
  });

  test(`${driver.name}: etcdctl runs a transaction`, async () => {
    const key = shared.prefix();
    const input = (expected: string) =>
      `value("${key}") = "${expected}"\n\nput ${key} yes\n\nput ${key} no\nget ${key}\n\n`;
    assert.equal(await run(['txn'], input('x')), `FAILURE\n\nOK\n\n${key}\nno`);
    assert.equal(await run(['txn'], input('no')), 'SUCCESS\n\nOK');
    assert.equal(await run(['get', '--print-value-only', key]), 'yes');
  });

  test(`${driver.name}: etcdctl watches`, async () => {
    const key = shared.prefix();
    const { header } = await runJson<{ header: { revision: number } }>('put', key, 'first');
    const watch = startEtcdctl(shared.server.address, ['watch', `--rev=${header.revision}`, '--prev-kv', key]);
    let printed = '';
    watch.stdout.on('data', (text: string) => {
      printed += text;
    });
    try {
      await waitFor('the first event', () => printed.includes('first'));
      await run(['put', key, 'second']);
      await run(['del', key]);
      await waitFor('the delete', () => printed.includes('DELETE'));
      const expected = ['PUT', key, 'first', 'PUT', key, 'first', key, 'second', 'DELETE', key, 'second', key];
      await waitFor('all lines', () => printed.split('\n').filter(Boolean).length >= expected.length);
      assert.deepEqual(printed.split('\n').filter(Boolean), expected);
    } finally {
      watch.kill('SIGKILL');
    }
  });

  test(`${driver.name}: etcdctl grants, renews, shows, lists and revokes a lease`, async () => {
    const key = shared.prefix();
    const granted = await run(['lease', 'grant', '300']);
    const [, id] = /^lease ([0-9a-f]+) granted with TTL\(300s\)$/.exec(granted) ?? [];
    assert.ok(id, granted);
    await run(['put', `--lease=${id}`, key, 'leased']);
    assert.match(
      await run(['lease', 'keep-alive', '--once', id]),
      new RegExp(`^lease ${id} keepalived with TTL\\(300\\)$`),
    );
    const shown = await run(['lease', 'timetolive', '--keys', id]);
    assert.match(
      shown,
      new RegExp(
        `^lease ${id} granted with TTL\\(300s\\), remaining\\((300|299)s\\), attached keys\\(\\[${key}\\]\\)$`,
      ),
    );
    assert.ok((await run(['lease', 'list'])).includes(id));
    assert.equal(await run(['lease', 'revoke', id]), `lease ${id} revoked`);
    assert.equal(await run(['get', key]), '');
    assert.match(await run(['lease', 'timetolive', id]), /already expired$/);
  });

  test(`${driver.name}: etcdctl compacts`, async () => {
    const key = shared.prefix();
    await run(['put', key, 'a']);
    const { header } = await runJson<{ header: { revision: number } }>('put', key, 'b');
    assert.equal(
      await run(['compaction', '--physical', `${header.revision}`]),
      `compacted revision ${header.revision}`,
    );
    const again = await etcdctl(shared.server.address, ['compaction', `${header.revision}`]);
    assert.notEqual(again.status, 0);
    assert.match(again.stderr, /etcdserver: mvcc: required revision has been compacted/);
    const old = await etcdctl(shared.server.address, ['get', `--rev=${header.revision - 1}`, key]);
    assert.match(old.stderr, /required revision has been compacted/);
  });

  test(`${driver.name}: etcdctl shows the endpoint's status and health, and the members`, async () => {
    const [status] = await runJson<{ Endpoint: string; Status: { version: string; dbSize: number; leader: number } }[]>(
      'endpoint',
      'status',
    );
    assert.equal(status?.Endpoint, shared.server.address);
    assert.match(status?.Status.version ?? '', /^3\.\d+\.\d+/);
    assert.ok((status?.Status.dbSize ?? 0) > 0);
    const health = await etcdctl(shared.server.address, ['endpoint', 'health']);
    assert.equal(health.status, 0, health.stderr);
    assert.match(health.stdout + health.stderr, /is healthy: successfully committed proposal/);
    const members = await run(['member', 'list']);
    assert.match(members, new RegExp(`^[0-9a-f]+, started, default, [^,]*, ${shared.server.url}, false$`));
    const cluster = await run(['endpoint', 'status', '--cluster']);
    assert.ok(cluster.startsWith(shared.server.url));
    assert.equal(await run(['alarm', 'list']), '');
  });

  test(`${driver.name}: etcdctl makes a serializable read`, async () => {
    const { stdout, stderr } = await etcdctl(shared.server.address, ['get', '--consistency=s', 'nothing']);
    assert.equal(stdout, '');
    assert.equal(stderr, '');
  });
}
