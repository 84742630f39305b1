import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricValue } from '../../support/exposition.ts';
import { ownServer, TINE_DRIVERS, waitFor } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

/** Options with which every call counts as slow. */
const everything = [
  ...['--warning-apply-duration', '0s'],
  ...['--warning-unary-request-duration', '0s'],
  ...['--slow-sql-threshold', '1ns'],
];

/** Options with which no call counts as slow. 0s disables kine's log of slow statements. */
const nothing = [
  ...['--warning-apply-duration', '1h'],
  ...['--warning-unary-request-duration', '1h'],
  ...['--slow-sql-threshold', '0s'],
];

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: slow calls, operations and statements are logged with their details but without values`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: everything });
    await client.put({ key: '/registry/slow/one', value: 's3cret-value' });
    await client.txn({
      compare: [{ key: '/registry/slow/one', target: 'VALUE', result: 'EQUAL', value: 's3cret-value' }],
      success: [{ request_put: { key: '/registry/slow/two', value: 's3cret-value' } }],
    });
    await client.range({ key: '/registry/slow/', range_end: '/registry/slow0', limit: 7 });
    const lines = () => linesOf(server.log());
    await waitFor('the lines', () => lines().some(({ msg }) => msg === 'statement took too long'));

    const call = lines().find((line) => line['response type'] === '/etcdserverpb.KV/Put');
    assert.equal(call?.msg, 'request stats');
    assert.equal(call?.level, 'warn');
    assert.equal(call?.['request content'], 'put:<key:"/registry/slow/one" value_size:12>');
    assert.match(String(call?.['time spent']), /^[\d.]+ms$/);
    assert.match(String(call?.remote), /^127\.0\.0\.1:\d+$/);
    assert.ok(Number(call?.['request size']) > 12 && Number(call?.['response size']) > 0);

    const range = lines().find(
      ({ msg, prefix }) => msg === 'apply request took too long' && prefix === 'read-only range ',
    );
    assert.equal(range?.request, 'range:<key:"/registry/slow/" range_end:"/registry/slow0" limit:7>');
    assert.match(String(range?.response), /^range_response_count:2 size:\d+$/);
    assert.match(String(range?.database), /^[\d.]+ms$/);

    const statement = lines().find(({ msg }) => msg === 'statement took too long');
    assert.match(String(statement?.statement), /^[a-z_]+$/);
    assert.match(String(statement?.took), /^[\d.]+ms$/);
    assert.equal(typeof statement?.rows, 'number');
    assert.doesNotMatch(server.log(), /s3cret/);
    assert.ok((metricValue(await scrape(server), 'etcd_server_slow_apply_total') ?? 0) >= 3);
  });

  test(`${driver.name}: many slow calls produce only a few log lines`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: everything });
    for (let index = 0; index < 50; index += 1) await client.put({ key: `/flood/${index}` });
    const calls = linesOf(server.log()).filter(({ msg }) => msg === 'request stats');
    assert.ok(calls.length >= 1 && calls.length <= 20, `${calls.length} lines`);
  });

  test(`${driver.name}: slow call lines contain no passwords`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: [...everything, '--log-level', 'debug'] });
    await client.call('etcdserverpb.Auth', 'UserAdd', { name: 'ann', password: 's3cret-password' });
    await client.call('etcdserverpb.Auth', 'UserChangePassword', { name: 'ann', password: 's3cret-other' });
    await client
      .call('etcdserverpb.Auth', 'Authenticate', { name: 'ann', password: 's3cret-other' })
      .catch(() => undefined);
    const calls = linesOf(server.log()).filter((line) => String(line['response type']).includes('Auth'));
    assert.ok(calls.length >= 2, 'they are told of');
    assert.doesNotMatch(server.log(), /s3cret/);
  });

  test(`${driver.name}: fast calls are not logged`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: nothing });
    await client.put({ key: '/quick' });
    await client.range({ key: '/quick', range_end: '/quicker' });
    const told = linesOf(server.log()).map(({ msg }) => msg);
    assert.deepEqual(
      told.filter((msg) => /request stats|too long/.test(String(msg))),
      [],
    );
    assert.ok(told.includes('serving'), 'the log is there');
  });
}

function linesOf(log: string): readonly Readonly<Record<string, unknown>>[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
