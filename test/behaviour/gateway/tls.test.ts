import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { CertificateAuthority, type Issued } from '../../support/certificate-authority.ts';
import { ANY_DRIVER, freePort, Server, temporaryDirectory, waitFor } from '../../support/index.ts';
import { GatewaySocket } from '../../support/web-socket.ts';

const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
const serverPair = authority.issue({ for: 'both' });
const root = authority.issue({ for: 'client', commonName: 'root', hosts: [] });
const nameless = authority.issue({ for: 'client', commonName: '', hosts: ['nameless.example'] });

const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** Serves HTTP/1.1 and HTTP/2 with TLS, and without TLS for the start of the test. */
async function start(context: TestContext, driver: (typeof ANY_DRIVER)[number], options: readonly string[] = []) {
  const port = await freePort();
  const urls = `http://127.0.0.1:${port},https://127.0.0.1:${port}`;
  const server = await Server.start({
    driver,
    port,
    arguments: [
      ...['--listen-client-urls', urls, '--advertise-client-urls', `https://127.0.0.1:${port}`],
      ...['--cert-file', serverPair.certFile, '--key-file', serverPair.keyFile],
      ...options,
    ],
  });
  context.after(() => server.remove());
  return server;
}

function open(context: TestContext, port: number, pair?: Issued): ClientHttp2Session {
  const own = pair === undefined ? {} : { cert: pair.certificate, key: pair.key };
  const session = connect(`https://127.0.0.1:${port}`, { ca: authority.certificate, ...own });
  session.on('error', () => undefined);
  context.after(() => session.destroy());
  return session;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

async function ask(
  session: ClientHttp2Session,
  path: string,
  {
    method = 'POST',
    body = '',
    headers = {},
  }: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === '' });
  if (body !== '') stream.end(body);
  let trailers: Reply['trailers'] = {};
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  const [fields] = await once(stream, 'response');
  const received = await text(stream);
  return { status: fields[':status'], headers: fields, trailers, body: received };
}

async function* linesOf(stream: ClientHttp2Stream): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

for (const driver of ANY_DRIVER) {
  test(`${driver.name}: with TLS the gateway and the HTTP pages are served over HTTP/2, curl's default`, async (context) => {
    const server = await start(context, driver);
    const session = open(context, server.port);
    const put = await ask(session, '/v3/kv/put', { body: JSON.stringify({ key: base64('a'), value: base64('1') }) });
    assert.equal(put.status, 200, put.body);
    assert.equal(put.headers['content-type'], 'application/json');
    assert.equal(put.headers['access-control-allow-origin'], '*');
    const range = await ask(session, '/v3/kv/range', { body: JSON.stringify({ key: base64('a') }) });
    assert.equal(JSON.parse(range.body).kvs[0].value, base64('1'));
    assert.equal((await ask(session, '/v3/nowhere')).status, 404);
    assert.equal((await ask(session, '/v3/kv/range', { method: 'GET' })).status, 501);
    const health = await ask(session, '/health', { method: 'GET' });
    assert.deepEqual([health.status, health.body.trim()], [200, '{"health":"true","reason":""}']);
    const head = await ask(session, '/v3/kv/range', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [501, '']);
    assert.equal((await ask(session, '/v3/kv/put', { method: 'OPTIONS' })).status, 200);
    const withTrailers = await ask(session, '/v3/kv/range', { body: '{}', headers: { te: 'trailers' } });
    assert.equal(withTrailers.status, 400);
    // With TLS, etcd's gateway has other trailers, because its gRPC uses another HTTP/2 library.
    if (driver.kind === 'tine') assert.equal(withTrailers.trailers['grpc-trailer-content-type'], 'application/grpc');
  });

  test(`${driver.name}: a watch over HTTP/2 accepts requests and ends with its client, and large replies use flow control`, async (context) => {
    const server = await start(context, driver);
    const session = open(context, server.port);
    const stream = session.request({ ':path': '/v3/watch', ':method': 'POST' });
    stream.on('error', () => undefined);
    const lines = linesOf(stream);
    stream.write(JSON.stringify({ create_request: { key: base64('k') } }));
    assert.equal(JSON.parse((await lines.next()).value ?? '').result.created, true);
    const value = 'x'.repeat(300_000);
    for (let version = 1; version <= 10; version += 1) {
      const body = JSON.stringify({ key: base64('k'), value: base64(value) });
      assert.equal((await ask(session, '/v3/kv/put', { body })).status, 200);
    }
    for (let version = 1; version <= 10; ) {
      for (const event of JSON.parse((await lines.next()).value ?? '').result.events) {
        assert.equal(event.kv.version, String(version));
        version += 1;
      }
    }
    stream.write('{"cancel_request":{"watch_id":"0"}}');
    assert.equal(JSON.parse((await lines.next()).value ?? '').result.canceled, true);
    stream.write(JSON.stringify({ create_request: { key: base64('k') } }));
    await lines.next();
    const watchers = async () => {
      const { body } = await ask(session, '/metrics', { method: 'GET' });
      return /^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(body)?.[1];
    };
    assert.equal(await watchers(), '1');
    stream.close();
    await waitFor('the watch to be gone', async () => (await watchers()) === '0');
  });

  test(`${driver.name}: a gateway request whose client certificate has a common name is refused, and the error says why`, async (context) => {
    const server = await start(context, driver, ['--client-cert-auth', '--trusted-ca-file', authority.caFile]);
    const named = open(context, server.port, root);
    for (const [path, body] of [
      ['/v3/auth/user/add', { name: 'root', password: 'x' }],
      ['/v3/auth/role/add', { name: 'root' }],
      ['/v3/auth/user/grant', { user: 'root', role: 'root' }],
      ['/v3/auth/enable', {}],
    ] as const) {
      assert.equal((await ask(named, path, { body: JSON.stringify(body) })).status, 200, path);
    }
    const refused = await ask(named, '/v3/kv/range', { body: '{"key":"YQ=="}' });
    assert.equal(refused.status, 400);
    assert.match(refused.body, /^CommonName of client sending a request against gateway will be ignored/);
    assert.equal((await ask(named, '/health', { method: 'GET' })).status, 200);
    const unnamed = open(context, server.port, nameless);
    const login = await ask(unnamed, '/v3/auth/authenticate', { body: '{"name":"root","password":"x"}' });
    const { token } = JSON.parse(login.body);
    const headers = { authorization: token };
    assert.equal((await ask(unnamed, '/v3/kv/range', { body: '{"key":"YQ=="}', headers })).status, 200);
    // Nearly all clients send this header. With it, etcd ignores the certificate of the gateway
    // itself.
    const asCurl = { accept: '*/*' };
    const nobody = await ask(unnamed, '/v3/kv/range', { body: '{"key":"YQ=="}', headers: asCurl });
    assert.deepEqual([nobody.status, JSON.parse(nobody.body).message], [400, 'etcdserver: user name is empty']);
  });

  test(`${driver.name}: a WebSocket works over TLS`, async (context) => {
    const { port } = await start(context, driver);
    const socket = new GatewaySocket(`https://127.0.0.1:${port}/v3/watch`, { ca: authority.certificate });
    context.after(() => socket.destroy());
    await socket.opened();
    socket.send({ create_request: { key: base64('k') } });
    assert.equal((await socket.received(1))[0].result.created, true, socket.failure);
  });
}
