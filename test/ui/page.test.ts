import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CertificateAuthority } from '../support/certificate-authority.ts';
import { type HttpReply, http } from '../support/http.ts';
import { ANY_DRIVER, ownServer, suite, temporaryDirectory } from '../support/index.ts';
import { browserForTests } from '../support/ui/open-page.ts';

const txn = JSON.stringify({ success: [{ request_put: { key: btoa('/written'), value: btoa('x') } }] });
const fromPage = { 'content-type': 'application/json', 'x-tine-page': 'write', 'sec-fetch-site': 'same-origin' };

/** A proxy that serves a tine below a prefix, and passes on its own host. */
async function prefixProxy(context: TestContext, { port, prefix }: { readonly port: number; readonly prefix: string }) {
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return;
    }
    const passed = request({ host: '127.0.0.1', port, path: url.slice(prefix.length), method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  context.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`;
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, { arguments: ['--ui-write'] });
  const open = browserForTests();
  const get = (path: string, headers = {}): Promise<HttpReply> =>
    http({ port: shared.server.port, path, method: 'GET', headers });
  const write = (headers: Record<string, string>) =>
    http({ port: shared.server.port, path: '/ui/api/txn', headers, body: txn });

  test('the page and its files have strict headers and their types', async () => {
    const types = {
      '': 'text/html',
      'main.js': 'text/javascript',
      'main.css': 'text/css',
      'kubernetes-fields.txt': 'text/plain',
    };
    for (const [name, type] of Object.entries(types)) {
      const { status, headers } = await get(`/ui/${name}`);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], `${type}; charset=utf-8`);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
          "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      );
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });

  test('a file that a browser already has is not sent again, and gzip is sent to a browser that takes it', async () => {
    const { headers, body } = await get('/ui/main.js');
    const again = await get('/ui/main.js', { 'if-none-match': headers.etag ?? '' });
    assert.equal(again.status, 304);
    assert.equal(again.body, '');
    const response = await fetch(`${shared.server.url}/ui/main.js`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.equal(await response.text(), body);
  });

  test('/ui leads to the page relatively, and other paths and methods are refused', async () => {
    const { status, headers } = await get('/ui');
    assert.equal(status, 308);
    assert.equal(headers.location, 'ui/');
    for (const path of ['/ui/none', '/ui/..%2fmain.cjs', '/ui/api/none', '/ui/api/constructor', '/uix'])
      assert.equal((await get(path)).status, 404, path);
    assert.equal((await http({ port: shared.server.port, path: '/ui/', method: 'POST' })).status, 405);
    assert.equal((await http({ port: shared.server.port, path: '/ui/', method: 'HEAD' })).status, 200);
  });

  test('the settings name the version and whether the page may write', async () => {
    const { body, headers } = await get('/ui/api/settings');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), { write: true, version: '0.1.0', etcdVersion: '3.7.0', authEnabled: false });
  });

  test('a write that the page did not send is refused', async () => {
    const { port, address } = shared.server;
    const { 'sec-fetch-site': _, ...old } = fromPage;
    const refused: Record<string, Record<string, string>> = {
      'header X-Tine-Page is missing': { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      'the content type is not application/json': { ...fromPage, 'content-type': 'text/plain' },
      'the request is cross-site': { ...fromPage, 'sec-fetch-site': 'cross-site', origin: `http://${address}` },
      'the request is same-site': { ...fromPage, 'sec-fetch-site': 'same-site' },
      'header Origin is missing': old,
      'origin "http://other.example" is another site': { ...old, origin: 'http://other.example' },
      'origin "null" is another site': { ...old, origin: 'null' },
    };
    for (const [why, headers] of Object.entries(refused)) {
      const { status, body } = await write(headers);
      assert.equal(status, 403, why);
      assert.deepEqual(JSON.parse(body), { code: 7, message: `tine: only the page itself may write: ${why}` });
    }
    assert.equal((await http({ port, path: '/ui/api/txn', method: 'GET' })).status, 405);
    assert.equal((await shared.client.range({ key: '/written' })).kvs.length, 0);
  });

  test('a write of the page is accepted from browsers that name the site, and from ones that do not', async () => {
    const { address } = shared.server;
    const { 'sec-fetch-site': _, ...old } = fromPage;
    const accepted = [
      fromPage,
      { ...old, origin: `http://${address}` },
      { ...old, origin: 'https://proxy.example', 'x-forwarded-host': 'proxy.example' },
    ];
    for (const headers of accepted) {
      const { status, body } = await write(headers);
      assert.equal(status, 200, body);
      assert.equal(JSON.parse(body).succeeded, true);
    }
    assert.equal((await shared.client.range({ key: '/written' })).kvs[0]?.version, 3);
  });

  test('a page of another site in a browser cannot write', async (context) => {
    const other = createServer((_request, response) => response.end('<!doctype html><title>other</title>'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    context.after(() => {
      other.closeAllConnections();
      other.close();
    });
    const { page } = await open(context, { url: `http://localhost:${(other.address() as AddressInfo).port}/` });
    const { kvs: before } = await shared.client.range({ key: '/written' });
    const send = (options: string) => `fetch('${shared.server.url}/ui/api/txn', { method: 'POST',
      body: ${JSON.stringify(txn)}, ${options} }).then(({ status }) => status, () => 'blocked')`;
    const json = `headers: { 'content-type': 'application/json', 'x-tine-page': 'write' }`;
    assert.equal(await page.evaluate(send(json)), 'blocked');
    assert.equal(await page.evaluate(send(`mode: 'no-cors'`)), 'blocked');
    const { kvs: after } = await shared.client.range({ key: '/written' });
    assert.deepEqual(after, before);
  });

  test('the page works below the path prefix of a proxy, writes included', async (context) => {
    await shared.client.put({ key: '/proxied/a', value: 'x' });
    const url = await prefixProxy(context, { port: shared.server.port, prefix: '/some/store' });
    const { page, faults } = await open(context, { url: `${url}/ui` });
    assert.equal(new URL(page.url()).pathname, '/some/store/ui/');
    await page.goto(`${url}/ui/#/value//proxied/a`);
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no such key').waitFor();
    assert.deepEqual(faults, []);
  });

  test('an address that changes before the first paint is shown', async (context) => {
    const { page } = await open(context, { url: 'about:blank' });
    await page.addInitScript(`addEventListener('DOMContentLoaded', () => { location.hash = '#/load'; });`);
    await page.goto(`${shared.server.url}/ui/`);
    await page.getByRole('heading', { name: 'Load', exact: true }).waitFor();
  });

  test('every view opens without an error', async (context) => {
    for (const view of ['Keys', 'Events', 'Load', 'Cluster']) {
      const { page, faults } = await open(context, { url: `${shared.server.url}/ui/#/${view.toLowerCase()}` });
      await page.getByRole('heading', { name: view, exact: true }).waitFor();
      assert.equal(await page.title(), `${view} - tine`);
      assert.equal(await page.getByRole('navigation').locator('[aria-current]').textContent(), view);
      assert.deepEqual(faults, []);
    }
  });

  test('the page works over TLS', async (context) => {
    const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
    const { certFile, keyFile } = authority.issue({ for: 'both' });
    const port = shared.server.port + 1;
    const urls = `http://127.0.0.1:${port},https://127.0.0.1:${port}`;
    const { client } = await ownServer(context, {
      driver,
      port,
      arguments: ['--listen-client-urls', urls, '--cert-file', certFile, '--key-file', keyFile],
    });
    await client.put({ key: '/tls/a', value: 'over TLS' });
    const url = `https://127.0.0.1:${port}/ui/#/value//tls/a`;
    const { page, faults } = await open(context, { url, ignoreHTTPSErrors: true });
    await page.getByText('over TLS').waitFor();
    assert.deepEqual(faults, []);
  });

  test('--enable-ui=false serves no page, and neither does a server without the gateway', async (context) => {
    for (const option of ['--enable-ui=false', '--enable-grpc-gateway=false']) {
      const { server } = await ownServer(context, { driver, arguments: [option] });
      for (const path of ['/ui', '/ui/', '/ui/main.js', '/ui/api/settings', '/ui/api/txn'])
        assert.equal((await http({ port: server.port, path, method: 'GET' })).status, 404, `${option} ${path}`);
    }
  });

  test('without --ui-write a write of the page is refused', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const { status, body } = await http({ port: server.port, path: '/ui/api/txn', headers: fromPage, body: txn });
    assert.equal(status, 403);
    assert.match(body, /writes from the page are off; start tine with --ui-write/);
    assert.equal((await client.range({ key: '/written' })).kvs.length, 0);
  });
}
