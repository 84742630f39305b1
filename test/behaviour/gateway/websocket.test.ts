import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addUser, enableAuth, tokenOf } from '../../support/auth.ts';
import { metricValue } from '../../support/exposition.ts';
import { http } from '../../support/http.ts';
import { ANY_DRIVER, FILE_DRIVERS, ownServer, type Server, suite, waitFor } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';
import { onThisMachine } from '../../support/slowness.ts';
import { GatewaySocket } from '../../support/web-socket.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

type Options = ConstructorParameters<typeof GatewaySocket>[1];

async function open(context: TestContext, server: Server, path: string, options?: Options): Promise<GatewaySocket> {
  const socket = new GatewaySocket(`${server.url}${path}`, options);
  context.after(() => socket.destroy());
  return socket.opened();
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);

  test(`${driver.name}: a watch over a WebSocket receives requests and sends replies as messages`, async (context) => {
    const { server, client } = shared;
    const [first, second] = [`${shared.prefix()}a`, `${shared.prefix()}b`];
    const socket = await open(context, server, '/v3/watch');
    socket.send({ create_request: { key: base64(first) } });
    await socket.received(1);
    await client.put({ key: first, value: 'ä\n1' });
    await socket.received(2);
    socket.send('{"create_request":', `{"key":"${base64(second)}"}}`);
    await socket.received(3);
    socket.send(Buffer.from('{"cancel_request":{"watch_id":"0"}}'));
    const [created, event, other, canceled] = await socket.received(4);
    assert.equal(created.result.created, true);
    assert.equal(Buffer.from(event.result.events[0].kv.value, 'base64').toString(), 'ä\n1');
    assert.equal(other.result.watch_id, '1');
    assert.equal(canceled.result.canceled, true);
    assert.equal(socket.closeCode, undefined);
  });

  test(`${driver.name}: closing a WebSocket ends its watches`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const watchers = async () => metricValue(await scrape(server), 'etcd_debugging_mvcc_watcher_total');
    const [polite, rude] = await Promise.all([open(context, server, '/v3/watch'), open(context, server, '/v3/watch')]);
    for (const socket of [polite, rude]) {
      socket.send({ create_request: { key: base64('a') } });
      await socket.received(1);
    }
    assert.equal(await watchers(), 2);
    polite.close();
    rude.destroy();
    await waitFor('no watchers', async () => (await watchers()) === 0);
  });

  test(`${driver.name}: a WebSocket to an unknown path receives an error message and is closed`, async (context) => {
    const { server } = shared;
    const socket = await open(context, server, '/v3/nowhere');
    await socket.closed();
    assert.deepEqual(socket.messages, [{ code: 5, message: 'Not Found' }]);
  });

  test(`${driver.name}: a web page can send its token as a WebSocket subprotocol`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await addUser(client, 'reader', { permType: 'READ', key: 'a' });
    const root = await enableAuth(client);
    context.after(() => root.close());
    const token = await tokenOf(client, 'reader');
    const create = { create_request: { key: base64('a') } };
    const known = await open(context, server, '/v3/watch', { protocols: ['Bearer', token] });
    assert.equal(known.protocol, 'Bearer');
    known.send(create);
    assert.equal((await known.received(1))[0].result.canceled, undefined);
    const unknown = await open(context, server, '/v3/watch');
    unknown.send(create);
    const [refused] = await unknown.received(1);
    assert.equal(refused.result.canceled, true);
    assert.match(refused.result.cancel_reason, /user name is empty/);
  });

  test(`${driver.name}: a request to upgrade to another protocol is answered over HTTP/1.1`, async (context) => {
    const { server } = shared;
    for (const upgrade of ['h2c', 'nonsense/1']) {
      const { status, body } = await http({
        port: server.port,
        path: '/v3/kv/put',
        body: JSON.stringify({ key: base64('k'), value: base64('x'.repeat(100_000)) }),
        headers: { connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': 'AAMAAABk' },
      });
      assert.equal(status, 200, body);
      assert.equal(JSON.parse(body).header.raft_term !== undefined, true);
    }
    const health = await open(context, server, '/health');
    assert.match(health.failure ?? '', /200/);
  });
}

for (const driver of FILE_DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a web page from a forbidden origin gets no WebSocket`, async (context) => {
    const origin = 'https://ours.example';
    const { server } = await ownServer(context, { driver, arguments: ['--cors', origin] });
    const ours = await open(context, server, '/v3/watch', { origin });
    const theirs = await open(context, server, '/v3/watch', { origin: 'https://theirs.example' });
    const none = await open(context, server, '/v3/watch');
    assert.deepEqual([ours.failure, none.failure], [undefined, undefined]);
    assert.match(theirs.failure ?? '', /501/);
  });

  test(`${driver.name}: a host name outside the whitelist gets no WebSocket`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: ['--host-whitelist', '127.0.0.1'] });
    const foreign = await open(context, server, '/v3/watch', { headers: { host: 'theirs.example' } });
    assert.match(foreign.failure ?? '', /421/);
    const ours = await open(context, server, '/v3/watch');
    assert.equal(ours.failure, undefined);
  });

  test(`${driver.name}: there is no WebSocket when the gateway is disabled`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: ['--enable-grpc-gateway=false'] });
    assert.match((await open(context, server, '/v3/watch')).failure ?? '', /404/);
  });

  test(`${driver.name}: a message above the size limit closes its own WebSocket only`, async (context) => {
    const { server, client } = shared;
    const socket = await open(context, server, '/v3/watch');
    socket.send(' '.repeat(16 * 1024 * 1024));
    assert.notEqual(await socket.closed(), 1000);
    await client.put({ key: 'k' });
  });

  test(`${driver.name}: a client that does not read is sent a bounded amount, and the rest when it reads again`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const socket = await open(context, server, '/v3/watch');
    socket.send({ create_request: { key: base64('k') } });
    await socket.received(1);
    socket.stopReading();
    const value = 'v'.repeat(500_000);
    for (let count = 0; count < 100; count += 1) await client.put({ key: 'k', value });
    const behind = async () => metricValue(await scrape(server), 'tine_watchers_behind');
    await waitFor('the watch to be held back', async () => (await behind()) === 1);
    socket.goOnReading();
    const isLast = () => socket.messages.at(-1)?.result.events?.at(-1)?.kv.version === '100';
    await waitFor('the last event', isLast, { timeoutMs: 20_000 });
    const versions = socket.messages.flatMap(({ result }) =>
      (result.events ?? []).map(({ kv }: { kv: { version: string } }) => Number(kv.version)),
    );
    assert.deepEqual(
      versions,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  test(`${driver.name}: a server that stops closes WebSockets without waiting for their clients`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const socket = await open(context, server, '/v3/watch');
    socket.send({ create_request: { key: base64('a') } });
    await socket.received(1);
    const silent = await open(context, server, '/v3/watch');
    silent.stopReading();
    const beganMs = performance.now();
    assert.deepEqual(await server.stop(), { status: 0, signal: null });
    assert.ok(performance.now() - beganMs < onThisMachine(5_000));
    await socket.closed();
  });
}
