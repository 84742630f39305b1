import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { type HttpReply, HttpStream, http } from '../../support/http.ts';
import { ANY_DRIVER, ownServer, sleep, suite, waitFor } from '../../support/index.ts';

/** JSON of a reply. The assertions check its form. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into as a client of JSON does
type Json = any;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);

  function ask(path: string, request: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HttpReply> {
    const body = typeof request === 'string' ? request : JSON.stringify(request);
    return http({ port: shared.server.port, path, body, headers });
  }

  async function call(path: string, request: unknown): Promise<Json> {
    const reply = await ask(path, request);
    assert.equal(reply.status, 200, reply.body);
    assert.equal(reply.headers['content-type'], 'application/json');
    assert.equal(reply.headers['grpc-metadata-content-type'], 'application/grpc');
    return JSON.parse(reply.body);
  }

  async function refusal(path: string, request: unknown): Promise<{ status: number; code: number; message: string }> {
    const { status, body } = await ask(path, request);
    return { status, ...(JSON.parse(body) as { code: number; message: string }) };
  }

  function openStream(path: string): HttpStream {
    return new HttpStream({ port: shared.server.port, path });
  }

  async function metric(line: string): Promise<number> {
    const { body } = await http({ port: shared.server.port, path: '/metrics', method: 'GET' });
    const found = body.split('\n').find((each) => each.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length + 1));
  }

  test(`${driver.name}: keys and values are base64 and 64-bit numbers are strings, in requests and replies`, async () => {
    const key = base64(`${shared.prefix()}a`);
    const { header } = await call('/v3/kv/put', { key, value: base64('one') });
    const put = await call('/v3/kv/put', { key, value: base64('two'), prev_kv: true });
    assert.equal(put.prev_kv.value, base64('one'));
    const range = await call('/v3/kv/range', { key });
    assert.deepEqual(range.kvs, [
      {
        key,
        create_revision: header.revision,
        mod_revision: put.header.revision,
        version: '2',
        value: base64('two'),
      },
    ]);
    assert.equal(range.count, '1');
    assert.match(range.header.cluster_id, /^\d+$/);
    assert.equal(range.more, undefined, 'what has its default is left out');
    const deleted = await call('/v3/kv/deleterange', { key, prevKv: true });
    assert.equal(deleted.deleted, '1');
    assert.equal(deleted.prev_kvs[0].value, base64('two'));
  });

  test(`${driver.name}: requests may have numbers or strings, enum names or values, and both field names; unknown fields are ignored`, async () => {
    const prefix = shared.prefix();
    for (const name of ['a', 'b', 'c']) await shared.client.put({ key: prefix + name, value: name });
    const range = { key: base64(prefix), range_end: base64(`${prefix}z`) };
    const keys = async (more: object) =>
      (await call('/v3/kv/range', { ...range, keys_only: true, ...more })).kvs.map((kv: Json) =>
        Buffer.from(kv.key, 'base64').toString().slice(prefix.length),
      );
    assert.deepEqual(await keys({ limit: 2 }), ['a', 'b']);
    assert.deepEqual(await keys({ limit: '2', sort_order: 'DESCEND' }), ['c', 'b']);
    assert.deepEqual(await keys({ limit: '1e0', sortOrder: 2, sortTarget: 'KEY' }), ['c']);
    assert.deepEqual(await keys({ limit: null, later: { than: ['this'] } }), ['a', 'b', 'c']);
  });

  test(`${driver.name}: lease ids keep all 64 bits`, async () => {
    const id = '8999999999999999999';
    assert.equal((await call('/v3/lease/grant', { ID: id, TTL: '60' })).ID, id);
    assert.equal((await call('/v3/lease/timetolive', `{"ID": ${id}}`)).grantedTTL, '60');
    assert.equal((await call('/v3/kv/lease/timetolive', { ID: id })).grantedTTL, '60');
    const { leases } = await call('/v3/kv/lease/leases', {});
    assert.ok(leases.some((lease: Json) => lease.ID === id));
    await call('/v3/kv/lease/revoke', { ID: id });
    assert.deepEqual(await refusal('/v3/lease/revoke', { ID: id }), {
      status: 404,
      code: 5,
      message: 'etcdserver: requested lease not found',
    });
  });

  test(`${driver.name}: transactions and nested transactions work`, async () => {
    const prefix = shared.prefix();
    const put = (name: string) => ({ request_put: { key: base64(prefix + name), value: base64(name) } });
    const reply = await call('/v3/kv/txn', {
      compare: [{ key: base64(`${prefix}a`), target: 'VERSION', version: 0 }],
      success: [
        put('a'),
        { request_txn: { success: [put('b')] } },
        { request_range: { key: base64(`${prefix}a`), count_only: true } },
      ],
    });
    assert.equal(reply.succeeded, true);
    assert.deepEqual(
      reply.responses.map((response: Json) => Object.keys(response)[0]),
      ['response_put', 'response_txn', 'response_range'],
    );
    assert.equal(reply.responses[1].response_txn.responses[0].response_put.header.revision, reply.header.revision);
    assert.equal(reply.responses[2].response_range.count, '1');
  });

  test(`${driver.name}: malformed JSON and wrong field types are refused with the reason`, async () => {
    const messages = async (body: string) => {
      const { status, code, message } = await refusal('/v3/kv/range', body);
      assert.deepEqual([status, code], [400, 3], message);
      return message;
    };
    assert.equal(await messages('{"key":'), 'invalid JSON: the object has no end');
    assert.equal(await messages('{"key" 1}'), 'invalid JSON at byte 7: expected a colon');
    assert.equal(await messages('[]'), 'a request is one JSON object');
    assert.equal(await messages('{"key":"!"}'), 'invalid value for bytes field key: "!"');
    assert.equal(await messages('{\n "limit": 1.5}'), 'invalid value for int64 field limit: 1.5');
    assert.equal(await messages(''), 'etcdserver: key is not provided');
  });

  test(`${driver.name}: a refused request is not executed, also for methods whose request may be empty`, async () => {
    const leases = async () => (await call('/v3/lease/leases', {})).leases?.length ?? 0;
    const before = await leases();
    for (const body of ['{', '{"TTL":"x"}', 'x', `{"ID":"${'1'.repeat(5_000_000)}"}`]) {
      const { status } = await ask('/v3/lease/grant', body);
      assert.ok(status === 400 || status === 429, `${status}`);
    }
    assert.equal(await leases(), before);
  });

  test(`${driver.name}: errors have etcd's code, its text and the matching HTTP status`, async () => {
    const future = { key: base64('a'), revision: '9000000000' };
    assert.deepEqual(await refusal('/v3/kv/range', future), {
      status: 400,
      code: 11,
      message: 'etcdserver: mvcc: required revision is a future revision',
    });
    assert.deepEqual(await refusal('/v3/nowhere', {}), { status: 404, code: 5, message: 'Not Found' });
    const { status, body } = await http({ port: shared.server.port, path: '/v3/kv/range', method: 'GET' });
    assert.equal(status, 501);
    assert.deepEqual(JSON.parse(body), { code: 12, message: 'Method Not Allowed' });
    const tooLate = await ask('/v3/kv/range', {}, { 'grpc-timeout': '1n' });
    assert.deepEqual([tooLate.status, JSON.parse(tooLate.body).code], [504, 4]);
  });

  test(`${driver.name}: a request above the size limit is refused, whatever its JSON contains`, async () => {
    const value = Buffer.alloc(3_000_000).toString('base64');
    const tooLarge = await refusal('/v3/kv/put', `{"key":"YQ==","value":"${value}"}`);
    assert.deepEqual([tooLarge.status, tooLarge.code], [429, 8]);
    assert.match(tooLarge.message, /^grpc: received message larger than max \(3000\d\d\d vs\. 2097152\)$/);
    const justBelow = await refusal('/v3/kv/put', {
      key: 'YQ==',
      value: Buffer.alloc(1_800_000).toString('base64'),
    });
    assert.deepEqual(justBelow, { status: 400, code: 3, message: 'etcdserver: request is too large' });
  });

  test(`${driver.name}: a body may arrive in pieces, and one connection carries many requests`, async (context) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    context.after(() => agent.destroy());
    const { port } = shared.server;
    const key = base64(`${shared.prefix()}k`);
    const body = [...`{"key":"${key}","value":"dg=="} and more that nobody reads`];
    assert.equal((await http({ port, path: '/v3/kv/put', body, agent })).status, 200);
    assert.equal((await http({ port, path: '/v3/kv/range', body: 'nonsense', agent })).status, 400);
    const range = await http({ port, path: '/v3/kv/range', body: `{"key":"${key}"}`, agent });
    assert.equal(JSON.parse(range.body).kvs[0].value, 'dg==');
  });

  test(`${driver.name}: the old path prefix, escaped characters and double slashes reach the gateway`, async () => {
    assert.equal((await ask('/v3beta/kv/range', { key: 'YQ==' })).status, 200);
    assert.equal((await ask('/v3/kv/%72ange', { key: 'YQ==' })).status, 200);
    const doubled = await ask('//v3/kv/range', {});
    assert.deepEqual([doubled.status, doubled.headers.location], [307, '/v3/kv/range']);
    assert.equal((await ask('/v3/kv/%', {})).status, 400);
  });

  test(`${driver.name}: a watch is a stream of lines that ends when its client disconnects`, async () => {
    const key = `${shared.prefix()}w`;
    const watchers = 'etcd_debugging_mvcc_watcher_total';
    const before = await metric(watchers);
    const stream = openStream('/v3/watch');
    stream.write(JSON.stringify({ create_request: { key: base64(key) } }));
    stream.end();
    assert.equal((await stream.reply).headers['content-type'], 'application/json');
    const created = (await stream.json()) as Json;
    assert.equal(created.result.created, true);
    await shared.client.put({ key, value: 'v' });
    const event = (await stream.json()) as Json;
    assert.equal(event.result.events[0].kv.value, base64('v'));
    assert.equal(event.result.events[0].type, undefined, 'PUT is the default');
    await shared.client.deleteRange({ key });
    assert.equal(((await stream.json()) as Json).result.events[0].type, 'DELETE');
    assert.equal(await metric(watchers), before + 1);
    stream.close();
    await waitFor('the watch to be gone', async () => (await metric(watchers)) === before);
  });

  test(`${driver.name}: a stream accepts more requests while it sends replies`, async () => {
    const stream = openStream('/v3/watch');
    const key = base64(shared.prefix());
    stream.write(`{"create_request":{"key":"${key}","watch_id":7}}`);
    assert.equal(((await stream.json()) as Json).result.watch_id, '7');
    stream.write('{"progress_request":{}} {"cancel_request"');
    const progress = (await stream.json()) as Json;
    assert.equal(progress.result.watch_id, '-1', 'a progress of the whole stream');
    stream.write(':{"watchId":"7"}}');
    assert.equal(((await stream.json()) as Json).result.canceled, true);
    stream.close();
  });

  test(`${driver.name}: lease renewals in one body are answered in order, then the stream ends`, async () => {
    const { ID } = await call('/v3/lease/grant', { TTL: 60 });
    const { body, status } = await ask('/v3/lease/keepalive', `{"ID":"${ID}"}\n{"ID":"12345"}{"ID":"${ID}"}`);
    assert.equal(status, 200);
    const lines = body.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Json).result.TTL),
      ['60', undefined, '60'],
    );
    await call('/v3/lease/revoke', { ID });
  });

  test(`${driver.name}: an error on a stream is a line, or the HTTP status if no line was sent before`, async () => {
    const deadline = { 'grpc-timeout': '300m' };
    const none = await ask('/v3/watch', '', deadline);
    const error = { error: { code: 4, message: 'context deadline exceeded' } };
    assert.equal(none.status, 504);
    assert.deepEqual(JSON.parse(none.body), error);
    const some = await ask('/v3/watch', { create_request: { key: 'YQ==' } }, deadline);
    assert.equal(some.status, 200);
    assert.deepEqual(JSON.parse(some.body.split('\n')[1] ?? ''), error);
  });

  test(`${driver.name}: gateway calls are counted in the metrics like gRPC calls`, async () => {
    const handled = 'grpc_server_handled_total{grpc_code="OK",grpc_method="Compact",grpc_service="etcdserverpb.KV"';
    const line = `${handled},grpc_type="unary"}`;
    const { header } = await call('/v3/kv/put', { key: 'Yw==' });
    const before = await metric(line);
    await call('/v3/kv/compaction', { revision: header.revision });
    assert.equal(await metric(line), before + 1);
  });

  test(`${driver.name}: a list of 10,000 keys arrives complete, and other clients are served meanwhile`, async () => {
    const prefix = shared.prefix();
    const value = base64('v'.repeat(1024));
    for (let from = 0; from < 10_000; from += 100) {
      const success = Array.from({ length: 100 }, (_, index) => ({
        request_put: { key: base64(`${prefix}${from + index}`), value },
      }));
      await call('/v3/kv/txn', { success });
    }
    const listed = ask('/v3/kv/range', { key: base64(prefix), range_end: base64(`${prefix}z`) });
    let waits = 0;
    for (let isListed = false; !isListed; ) {
      isListed = await Promise.race([listed.then(() => true), sleep(0).then(() => false)]);
      assert.equal((await ask('/v3/kv/range', { key: base64('a') })).status, 200);
      waits += 1;
    }
    const { status, body } = await listed;
    assert.equal(status, 200);
    const { kvs, count } = JSON.parse(body);
    assert.deepEqual([kvs.length, count], [10_000, '10000']);
    assert.ok(waits > 1, 'someone else was answered');
  });

  test(`${driver.name}: a watch whose client does not read delays no other client and loses no event`, async () => {
    const key = `${shared.prefix()}slow`;
    const stream = openStream('/v3/watch');
    stream.write(JSON.stringify({ create_request: { key: base64(key) } }));
    await stream.line();
    const count = 60;
    const value = 'x'.repeat(256 * 1024);
    for (let index = 0; index < count; index += 1) await shared.client.put({ key, value });
    const versions: number[] = [];
    while (versions.length < count) {
      const { result } = (await stream.json()) as Json;
      for (const event of result.events) versions.push(Number(event.kv.version));
    }
    assert.deepEqual(
      versions,
      Array.from({ length: count }, (_, index) => index + 1),
    );
    stream.close();
  });

  test(`${driver.name}: without --cors, web pages of every origin may read replies and send preflight requests`, async () => {
    const reply = await ask('/v3/kv/range', { key: 'YQ==' }, { origin: 'http://page.example' });
    assert.equal(reply.headers['access-control-allow-origin'], '*');
    const before = await http({ port: shared.server.port, path: '/v3/kv/put', method: 'OPTIONS' });
    assert.equal(before.status, 200);
    assert.equal(before.body, '');
    assert.equal(before.headers['access-control-allow-methods'], 'POST, GET, OPTIONS, PUT, DELETE');
    assert.equal(before.headers['access-control-allow-headers'], 'accept, content-type, authorization');
  });

  test(`${driver.name}: --cors restricts the allowed origins`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: ['--cors', 'http://good.example:80'] });
    const allowed = async (headers: Readonly<Record<string, string>>) =>
      (await http({ port: server.port, path: '/health', method: 'GET', headers })).headers[
        'access-control-allow-origin'
      ];
    assert.equal(await allowed({ origin: 'http://good.example:80' }), 'http://good.example:80');
    assert.equal(await allowed({ origin: 'http://bad.example:80' }), undefined);
    assert.equal(await allowed({}), undefined);
  });

  test(`${driver.name}: a server that stops ends its streams with an error and completes running requests`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const stream = new HttpStream({ port: server.port, path: '/v3/watch' });
    stream.write('{"create_request":{"key":"YQ=="}}');
    await stream.line();
    const stopped = server.stop();
    const last = await stream.line().catch(() => undefined);
    // etcd's last error depends on which of its two parts stops first.
    if (driver.kind === 'tine') {
      assert.deepEqual(JSON.parse(last ?? 'null'), { error: { code: 14, message: 'etcdserver: server stopped' } });
    }
    await stopped;
  });
}
