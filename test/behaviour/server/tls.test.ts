import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { CertificateAuthority, type Issued, replaceFile } from '../../support/certificate-authority.ts';
import { etcdctl } from '../../support/etcdctl.ts';
import {
  DRIVERS,
  EtcdClient,
  freePort,
  ownServer,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
} from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';

const directory = temporaryDirectory();
const authority = new CertificateAuthority(join(directory, 'good'));
const otherAuthority = new CertificateAuthority(join(directory, 'other'), 'another authority');
const serverPair = authority.issue();
const clientPair = authority.issue({ for: 'client', commonName: 'alice', hosts: ['alice.example'] });

const pairArguments = ({ certFile, keyFile }: Issued): string[] => ['--cert-file', certFile, '--key-file', keyFile];
const askForCertificates = ['--client-cert-auth', '--trusted-ca-file', authority.caFile];

/** A server with and without TLS on one port. */
async function start(context: TestContext, driver: (typeof DRIVERS)[number], options: readonly string[]) {
  const port = await freePort();
  const urls = `http://127.0.0.1:${port},https://127.0.0.1:${port}`;
  const { server } = await ownServer(context, {
    driver,
    port,
    arguments: ['--listen-client-urls', urls, '--advertise-client-urls', `https://127.0.0.1:${port}`, ...options],
  });
  return { server, port };
}

function grpcClient(context: TestContext, port: number, pair?: Issued): EtcdClient {
  const key = pair === undefined ? null : Buffer.from(pair.key);
  const certificate = pair === undefined ? null : Buffer.from(pair.certificate);
  const client = new EtcdClient(
    `127.0.0.1:${port}`,
    {},
    credentials.createSsl(Buffer.from(authority.certificate), key, certificate),
  );
  context.after(() => client.close());
  return client;
}

const own = (pair?: Issued): ConnectionOptions => (pair === undefined ? {} : { cert: pair.certificate, key: pair.key });

async function getOverTls(
  port: number,
  path: string,
  pair?: Issued,
): Promise<{ status: number | undefined; body: string }> {
  const answer = Promise.withResolvers<{ status: number | undefined; body: string }>();
  const asked = request(
    { host: '127.0.0.1', port, path, ca: authority.certificate, servername: '', agent: false, ...own(pair) },
    (reply) => text(reply).then((body) => answer.resolve({ status: reply.statusCode, body }), answer.reject),
  );
  asked.on('error', answer.reject);
  asked.end();
  return answer.promise;
}

/** Makes a handshake. The caller closes the socket. */
async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', servername: '', port, ca: authority.certificate, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function serialOfServer(port: number): Promise<string> {
  const socket = await handshake(port);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

/**
 * A refused client gets an error in the handshake, or the end of the connection after the
 * handshake.
 */
async function isRefused(port: number, options: ConnectionOptions): Promise<boolean> {
  const socket = connectTls({ host: '127.0.0.1', servername: '', port, ca: authority.certificate, ...options });
  socket.on('error', () => undefined);
  socket.write('GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  // Not `once` of node:events, which rejects on an error event.
  await new Promise((resolve) => socket.on('close', resolve));
  return !answer.startsWith('HTTP/1.1 200');
}

// Nothing here depends on the database, and every test starts a server: one database is enough.
for (const driver of DRIVERS.slice(0, 1)) {
  const name = driver.name;

  test(`${name}: gRPC and HTTP are served with and without TLS on one port`, async (context) => {
    const { server, port } = await start(context, driver, pairArguments(serverPair));
    await grpcClient(context, port).put({ key: 'a', value: 'over TLS' });
    const plain = new EtcdClient(server.address);
    context.after(() => plain.close());
    assert.equal((await plain.range({ key: 'a' })).kvs[0]?.value.toString(), 'over TLS');
    assert.equal((await getOverTls(port, '/health')).status, 200);
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
  });

  test(`${name}: etcdctl works over TLS, and the member list has https URLs`, async (context) => {
    const { port } = await start(context, driver, [...pairArguments(serverPair), ...askForCertificates]);
    const access = ['--cacert', authority.caFile, '--cert', clientPair.certFile, '--key', clientPair.keyFile];
    const put = await etcdctl(`https://127.0.0.1:${port}`, [...access, 'put', 'k', 'v']);
    assert.equal(put.stdout, 'OK\n', put.stderr);
    const members = await etcdctl(`https://127.0.0.1:${port}`, [...access, 'member', 'list']);
    assert.match(members.stdout, new RegExp(`https://127\\.0\\.0\\.1:${port}`));
  });

  test(`${name}: gRPC clients negotiate HTTP/2, and clients without ALPN use HTTP/1.1`, async (context) => {
    const { port } = await start(context, driver, pairArguments(serverPair));
    for (const offered of [['h2'], ['h2', 'http/1.1']]) {
      const socket = await handshake(port, { ALPNProtocols: offered });
      assert.equal(socket.alpnProtocol, 'h2');
      socket.destroy();
    }
    const none = await handshake(port);
    none.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(await text(none), /^HTTP\/1\.1 200/);
  });

  test(`${name}: plain HTTP requests are answered over HTTP/2 too`, async (context) => {
    const { port } = await start(context, driver, pairArguments(serverPair));
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.certificate });
    session.on('error', () => undefined);
    context.after(() => session.destroy());
    const stream = session.request({ ':path': '/health' });
    assert.match(await text(stream), /^\{"health":"true"/);
  });

  test(`${name}: a client needs a certificate of the trusted authority that is neither revoked nor expired`, async (context) => {
    const revoked = authority.issue({ for: 'client' });
    const crlFile = join(temporaryDirectory(), 'revoked.crl');
    writeFileSync(crlFile, authority.revocationList([authority.issue(), revoked]));
    const { port } = await start(context, driver, [
      ...pairArguments(serverPair),
      ...askForCertificates,
      '--client-crl-file',
      crlFile,
    ]);
    const cases: readonly [string, Issued | undefined, boolean][] = [
      ['good', clientPair, false],
      ['none', undefined, true],
      ['of another authority', otherAuthority.issue({ for: 'client' }), true],
      ['expired', authority.issue({ for: 'client', expired: true }), true],
      ['revoked', revoked, true],
      ['for servers', authority.issue({ for: 'server' }), true],
    ];
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [what, pair, refused] of cases) {
        assert.equal(await isRefused(port, { ...own(pair), maxVersion }), refused, `${what}, ${maxVersion}`);
      }
    }
    await grpcClient(context, port, clientPair).put({ key: 'a', value: 'b' });
  });

  test(`${name}: --trusted-ca-file alone makes client certificates required`, async (context) => {
    const { port } = await start(context, driver, [
      ...pairArguments(serverPair),
      '--trusted-ca-file',
      authority.caFile,
    ]);
    assert.equal(await isRefused(port, {}), true);
    assert.equal(await isRefused(port, own(clientPair)), false);
  });

  test(`${name}: only client certificates with an allowed host name are accepted`, async (context) => {
    const { port } = await start(context, driver, [
      ...pairArguments(serverPair),
      ...askForCertificates,
      '--client-cert-allowed-hostname',
      'bob.example,alice.example,10.1.2.3',
    ]);
    assert.equal(await isRefused(port, own(clientPair)), false);
    assert.equal(await isRefused(port, own(authority.issue({ for: 'client', hosts: ['10.1.2.3'] }))), false);
    assert.equal(await isRefused(port, own(authority.issue({ for: 'client', hosts: ['mallory.example'] }))), true);
    // A host name only in the subject does not count.
    assert.equal(
      await isRefused(port, own(authority.issue({ for: 'client', commonName: 'alice.example', hosts: [] }))),
      true,
    );
  });

  test(`${name}: configured TLS versions and cipher suites are enforced`, async (context) => {
    const { port } = await start(context, driver, [
      ...pairArguments(serverPair),
      '--tls-max-version',
      'TLS1.2',
      '--cipher-suites',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    ]);
    const socket = await handshake(port);
    assert.equal(socket.getProtocol(), 'TLSv1.2');
    assert.equal(socket.getCipher().name, 'ECDHE-ECDSA-AES128-GCM-SHA256');
    socket.destroy();
    await assert.rejects(() => handshake(port, { minVersion: 'TLSv1.3' }));
    await assert.rejects(() => handshake(port, { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }));
  });

  test(`${name}: with a separate HTTP address the other address serves gRPC only`, async (context) => {
    const [grpcPort, httpPort] = [await freePort(), await freePort()];
    // The test's own check that the server is up uses the HTTP port.
    const { server } = await ownServer(context, {
      driver,
      port: httpPort,
      arguments: [
        ...pairArguments(serverPair),
        ...['--listen-client-urls', `https://127.0.0.1:${grpcPort}`],
        ...['--listen-client-http-urls', `http://127.0.0.1:${httpPort}`],
      ],
    });
    await grpcClient(context, grpcPort).put({ key: 'a', value: 'b' });
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
    await assert.rejects(() => getOverTls(grpcPort, '/health'));
    const http2 = connectHttp2(server.url);
    http2.on('error', () => undefined);
    await once(http2, 'close');
  });

  test(`${name}: metrics and health can have their own address with TLS`, async (context) => {
    const metricsPort = await freePort();
    await start(context, driver, [
      ...pairArguments(serverPair),
      '--listen-metrics-urls',
      `https://127.0.0.1:${metricsPort}`,
    ]);
    for (const path of ['/metrics', '/health']) assert.equal((await getOverTls(metricsPort, path)).status, 200, path);
    assert.equal((await getOverTls(metricsPort, '/version')).status, 404);
  });
}

for (const driver of TINE_DRIVERS.slice(0, 1)) {
  const name = driver.name;

  test(`${name}: TLS to a plain port and plain text to a TLS port are closed at once and logged once`, async (context) => {
    const [plainPort, tlsPort] = [await freePort(), await freePort()];
    const { server } = await ownServer(context, {
      driver,
      port: plainPort,
      arguments: [
        ...pairArguments(serverPair),
        ...['--listen-client-urls', `http://127.0.0.1:${plainPort},https://127.0.0.1:${tlsPort}`],
      ],
    });
    for (let round = 0; round < 5; round += 1) {
      const beganMs = performance.now();
      const plain = connectTcp(tlsPort, '127.0.0.1');
      plain.on('error', () => undefined);
      plain.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      await once(plain, 'close');
      await assert.rejects(() => handshake(plainPort));
      assert.ok(performance.now() - beganMs < onThisMachine(5_000));
    }
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('rejected connection'));
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.match(lines.join('\n'), /the client speaks TLS, which is not served/);
  });

  test(`${name}: a refused certificate is logged with the reason and without its contents`, async (context) => {
    const { server, port } = await start(context, driver, [...pairArguments(serverPair), ...askForCertificates]);
    await isRefused(port, own(otherAuthority.issue({ for: 'client' })));
    await waitFor('the line', () => /rejected connection/.test(server.log()));
    const line =
      server
        .log()
        .split('\n')
        .find((each) => each.includes('rejected connection')) ?? '';
    assert.match(line, /"peer":"127\.0\.0\.1","reason":"UNABLE_TO_VERIFY_LEAF_SIGNATURE"/);
  });

  test(`${name}: certificates changed on disk are used for the next handshake; a certificate without its key is not`, async (context) => {
    const pair = authority.issue();
    const { server, port } = await start(context, driver, pairArguments(pair));
    const client = grpcClient(context, port);
    await client.put({ key: 'a', value: 'b' });
    const before = await serialOfServer(port);

    const next = authority.issue();
    replaceFile(pair.certFile, next.certificate);
    await waitFor('the complaint', async () => {
      assert.equal(await serialOfServer(port), before);
      return /TLS files changed and cannot be used/.test(server.log());
    });
    assert.match(server.log(), /is not the key of the certificate/);

    replaceFile(pair.keyFile, next.key);
    await waitFor('the new certificate', async () => (await serialOfServer(port)) !== before);
    await client.put({ key: 'a', value: 'c' });
  });

  test(`${name}: certificate renewal under load fails no call`, async (context) => {
    const pair = authority.issue();
    const { port } = await start(context, driver, pairArguments(pair));
    const stop = new AbortController();
    let calls = 0;
    const load = Promise.all(
      [1, 2, 3].map(async (worker) => {
        while (!stop.signal.aborted) {
          const client = new EtcdClient(
            `127.0.0.1:${port}`,
            {},
            credentials.createSsl(Buffer.from(authority.certificate)),
          );
          try {
            for (let call = 0; call < 5; call += 1) await client.put({ key: `k${worker}`, value: String(call) });
            calls += 5;
          } finally {
            client.close();
          }
        }
      }),
    );
    const seen = new Set<string>();
    for (let renewal = 0; renewal < 5; renewal += 1) {
      const next = authority.issue();
      replaceFile(pair.keyFile, next.key);
      replaceFile(pair.certFile, next.certificate);
      const known = seen.size;
      await waitFor('the renewed certificate', async () => seen.add(await serialOfServer(port)).size > known);
    }
    stop.abort();
    await load;
    assert.ok(calls > 0);
  });

  test(`${name}: a revocation applies to the next connection, also with session resumption`, async (context) => {
    const crlFile = join(temporaryDirectory(), 'revoked.crl');
    writeFileSync(crlFile, authority.revocationList([]));
    const { port } = await start(context, driver, [
      ...pairArguments(serverPair),
      ...askForCertificates,
      '--client-crl-file',
      crlFile,
    ]);
    const victim = authority.issue({ for: 'client' });
    assert.equal(await isRefused(port, { ...own(victim), maxVersion: 'TLSv1.2' }), false);
    const first = await handshake(port, { ...own(victim), maxVersion: 'TLSv1.2' });
    const session = first.getSession();
    first.destroy();
    assert.ok(session !== undefined);
    replaceFile(crlFile, authority.revocationList([victim]));
    await waitFor('the revocation', () => isRefused(port, { ...own(victim), maxVersion: 'TLSv1.2' }));
    assert.equal(await isRefused(port, { ...own(victim), maxVersion: 'TLSv1.2', session }), true);
  });

  test(`${name}: TLS sessions are resumed`, async (context) => {
    const { port } = await start(context, driver, pairArguments(serverPair));
    const first = await handshake(port, { maxVersion: 'TLSv1.2' });
    const session = first.getSession();
    first.destroy();
    assert.ok(session !== undefined);
    const second = await handshake(port, { maxVersion: 'TLSv1.2', session });
    assert.equal(second.isSessionReused(), true);
    second.destroy();
  });

  test(`${name}: Unix sockets support TLS`, async (context) => {
    const path = join(temporaryDirectory(), 'tine.sock');
    const port = await freePort();
    await ownServer(context, {
      driver,
      port,
      arguments: [
        ...pairArguments(serverPair),
        ...['--listen-client-urls', `http://127.0.0.1:${port},unixs://${path}`],
      ],
    });
    const client = new EtcdClient(
      `unix:${path}`,
      {},
      credentials.createSsl(Buffer.from(authority.certificate), null, null, {
        checkServerIdentity: () => undefined,
      }),
    );
    context.after(() => client.close());
    await client.put({ key: 'a', value: 'b' });
    const put = await etcdctl(`unixs://${path}`, ['--insecure-skip-tls-verify', 'put', 'a', 'c']);
    assert.equal(put.stdout, 'OK\n', put.stderr);
  });

  test(`${name}: --auto-tls creates one certificate for the listen addresses and reuses it after a restart`, async (context) => {
    const dataDirectory = temporaryDirectory();
    const port = await freePort();
    const options = {
      driver,
      port,
      dataDirectory,
      arguments: [
        ...['--listen-client-urls', `http://127.0.0.1:${port},https://127.0.0.1:${port}`],
        ...(driver.isFile ? ['--auto-tls'] : ['--auto-tls', '--data-dir', dataDirectory]),
      ],
    };
    const { server } = await ownServer(context, options);
    const caFile = join(dataDirectory, 'fixtures', 'client', 'cert.pem');
    const put = await etcdctl(`https://127.0.0.1:${port}`, ['--cacert', caFile, 'put', 'a', 'b']);
    assert.equal(put.stdout, 'OK\n', put.stderr);
    await server.stop();
    await server.start();
    const again = await etcdctl(`https://127.0.0.1:${port}`, ['--cacert', caFile, 'get', 'a', '--print-value-only']);
    assert.equal(again.stdout, 'b\n', again.stderr);
    assert.equal(server.log().split('made a self-signed certificate').length, 2);
  });
}
