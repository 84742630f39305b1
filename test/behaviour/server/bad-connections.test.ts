import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { DRIVERS, EtcdClient, sleep, suite, waitFor, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  function openSocket(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(shared.server.port, '127.0.0.1');
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  function putStream(session: ClientHttp2Session, headers: Record<string, string> = {}) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.KV/Put',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => {});
    return stream;
  }

  /** The first half of a gRPC frame of a put of this key. */
  function halfAFrame(key: string): Buffer {
    const message = Buffer.concat([
      Buffer.from([0x0a, key.length]),
      Buffer.from(key),
      Buffer.from([0x12, 100]),
      Buffer.alloc(100),
    ]);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]).subarray(0, message.length - 40);
  }

  test(`${driver.name}: a stream reset half-way writes nothing and leaves its connection usable`, async () => {
    const prefix = shared.prefix();
    const session = connectHttp2(shared.server.url);
    for (let index = 0; index < 200; index += 1) {
      const stream = putStream(session);
      stream.write(halfAFrame(`${prefix}${index}`));
      await sleep(index % 10 === 0 ? 2 : 0);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    const key = `${prefix}whole`;
    const status = await new Promise((resolve) => {
      const stream = putStream(session);
      stream.on('response', (headers) => resolve(headers[':status']));
      const message = Buffer.concat([Buffer.from([0x0a, key.length]), Buffer.from(key)]);
      const frame = Buffer.alloc(5);
      frame.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([frame, message]));
      stream.resume();
    });
    assert.equal(status, 200);
    session.close();
    await waitFor('the put', async () => (await shared.client.range({ key })).count === 1);
    assert.equal((await shared.client.range({ ...withPrefix(prefix), count_only: true })).count, 1);
  });

  test(`${driver.name}: a connection cut in the middle of a message writes nothing`, async () => {
    const prefix = shared.prefix();
    for (let index = 0; index < 50; index += 1) {
      const session = connectHttp2(shared.server.url);
      session.on('error', () => {});
      putStream(session).write(halfAFrame(`${prefix}${index}`));
      await sleep(2);
      session.destroy();
    }
    assert.equal((await shared.client.range({ ...withPrefix(prefix), count_only: true })).count, 0);
  });

  test(`${driver.name}: clients that disconnect during lists and watches do no harm`, async () => {
    const prefix = shared.prefix();
    for (let index = 0; index < 20; index += 1) {
      await shared.client.put({ key: `${prefix}${index}`, value: Buffer.alloc(500_000) });
    }
    for (let round = 0; round < 10; round += 1) {
      const passing = new EtcdClient(shared.server.address);
      const watch = passing.watch();
      watch.send({ create_request: { ...withPrefix(prefix), start_revision: 1 } });
      const lists = Array.from({ length: 5 }, () =>
        passing.range(withPrefix(prefix), { deadlineMs: 2_000 }).catch(() => {}),
      );
      await sleep(round * 5);
      watch.close();
      passing.close();
      await Promise.all(lists);
    }
    assert.equal((await shared.client.range({ ...withPrefix(prefix), count_only: true })).count, 20);
  });

  test(`${driver.name}: bytes that are neither HTTP nor gRPC only close their own connection`, async () => {
    const noise = [
      Buffer.from('\0\0\0\0\0\0\0\0'),
      Buffer.from('GET\r\n\r\n'),
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnot a frame at all, by any means'),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256)),
    ];
    for (const bytes of noise) {
      const socket = await openSocket();
      socket.on('error', () => {});
      socket.write(bytes);
      await sleep(20);
      socket.destroy();
    }
    assert.equal((await shared.client.healthCheck({})).status, 'SERVING');
  });

  test(`${driver.name}: wrong gRPC headers are answered with an error`, async () => {
    const session = connectHttp2(shared.server.url);
    const cases: Record<string, string>[] = [
      { 'content-type': 'application/grpc+nonsense' },
      { ':path': '/' },
      { ':path': '//' },
    ];
    for (const headers of cases) {
      const stream = putStream(session, headers);
      stream.end();
      stream.resume();
      await new Promise((resolve) => stream.once('close', resolve));
    }
    session.close();
    assert.equal((await shared.client.healthCheck({})).status, 'SERVING');
  });

  test(`${driver.name}: 10,000 opened and dropped connections leave nothing behind`, async () => {
    const before = openFileCount(shared.server.pid);
    for (let batch = 0; batch < 100; batch += 1) {
      const sockets = await Promise.all(Array.from({ length: 100 }, openSocket));
      for (const [index, socket] of sockets.entries()) {
        socket.on('error', () => {});
        if (index % 2 === 0) socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
        if (index % 3 === 0) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
    assert.ok((await shared.client.put({ key: shared.prefix() })).header.revision > 0);
    if (before === undefined) return;
    await waitFor('the server to close its ends', () => (openFileCount(shared.server.pid) ?? 0) <= before + 20);
  });
}

/** Undefined where the system does not list open files; Linux does. */
function openFileCount(pid: number): number | undefined {
  const directory = `/proc/${pid}/fd`;
  return existsSync(directory) ? readdirSync(directory).length : undefined;
}
