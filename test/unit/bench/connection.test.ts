import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { CallError, Connection, FrameReader } from '../../../bench/load/connection.ts';
import { KV, RangeResponse } from '../../../src/wire/generated/etcdserverpb/kv.ts';

test('frames are found for every split of the bytes', () => {
  const bytes = Buffer.from([...[0, 0, 0, 0, 2], 1, 2, ...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 1], 3]);
  for (let size = 1; size <= bytes.length; size++) {
    const frames: number[][] = [];
    const reader = new FrameReader((body) => frames.push([...body]));
    for (let start = 0; start < bytes.length; start += size) reader.push(bytes.subarray(start, start + size));
    assert.deepEqual(frames, [[1, 2], [], [3]]);
  }
});

test('a call returns the reply, its status error, or the error of a closed connection', async () => {
  const server = http2.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = await Connection.open(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  after(() => {
    connection.close();
    server.close();
  });
  const answer = (respond: (stream: http2.ServerHttp2Stream) => void) => {
    server.once('stream', respond);
    return connection.call(KV.methods.range, {});
  };

  const body = RangeResponse.encode({ count: 3 });
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, body.length]), body]);
  const reply = await answer((stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frame);
  });
  assert.equal(reply.count, 3);

  const refused = answer((stream) => {
    stream.respond({ ':status': 200, 'grpc-status': '3', 'grpc-message': 'no%20key' }, { endStream: true });
  });
  await assert.rejects(refused, new CallError(3, 'no key'));

  await assert.rejects(answer((stream) => stream.session?.destroy()));
});

test('an address without a listener is an error', async () => {
  await assert.rejects(Connection.open('127.0.0.1:1'), /ECONNREFUSED/);
});
