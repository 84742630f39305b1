import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { helloFingerprint } from '../../../../../src/server/transport/tls/client-hello.ts';
import { WaitingHandshakes } from '../../../../../src/server/transport/tls/waiting-handshakes.ts';

function socketFrom(address: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: address });
}

test('a client with another hello fingerprint than a flood is served second, whenever it came', () => {
  const waiting = new WaitingHandshakes();
  const good = socketFrom('10.0.0.1');
  for (let count = 0; count < 1_000; count += 1) {
    waiting.add(socketFrom('10.0.0.1'), 1);
    if (count === 500) waiting.add(good, 2);
  }
  assert.ok([waiting.takeNext(), waiting.takeNext()].includes(good));
  assert.equal(waiting.size, 999);
});

test('addresses take turns, whatever hello fingerprints their clients have', () => {
  const waiting = new WaitingHandshakes();
  for (let fingerprint = 0; fingerprint < 100; fingerprint += 1) waiting.add(socketFrom('10.0.0.1'), fingerprint);
  const good = socketFrom('10.0.0.2');
  waiting.add(good, 0);
  assert.ok([waiting.takeNext(), waiting.takeNext()].includes(good));
});

test('the newest handshake of a fingerprint is served first, and the oldest of the most frequent fingerprint is dropped first', () => {
  const waiting = new WaitingHandshakes();
  const frequent = Array.from({ length: 3 }, () => socketFrom('10.0.0.1'));
  waiting.add(socketFrom('10.0.0.2'), 1);
  waiting.add(socketFrom('10.0.0.1'), 2);
  for (const socket of frequent) waiting.add(socket, 1);
  assert.equal(waiting.oldestOfMost(), frequent[0]);
  const order = Array.from({ length: 5 }, () => waiting.takeNext());
  assert.deepEqual(
    order.filter((socket) => frequent.includes(socket as Socket)),
    frequent.toReversed(),
  );
  assert.equal(waiting.takeNext(), undefined);
});

test('a closed connection gets no turn', () => {
  const waiting = new WaitingHandshakes();
  const [gone, other] = [socketFrom('10.0.0.1'), socketFrom('10.0.0.1')];
  waiting.add(other, 1);
  waiting.add(gone, 1);
  waiting.delete(gone);
  assert.deepEqual([...waiting], [other]);
  assert.equal(waiting.takeNext(), other);
  assert.equal(waiting.oldestOfMost(), undefined);
});

test('the fingerprint of a hello depends on its cipher suites, and an incomplete hello has some fingerprint', async () => {
  const [usual, again, narrow] = await Promise.all([
    helloOf('ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256'),
    helloOf('ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256'),
    helloOf('ECDHE-ECDSA-AES128-GCM-SHA256'),
  ]);
  assert.notDeepEqual(usual, again, 'each has random bytes of its own');
  assert.equal(helloFingerprint(usual), helloFingerprint(again));
  assert.notEqual(helloFingerprint(usual), helloFingerprint(narrow));
  for (let length = 0; length < usual.length; length += 1) {
    const fingerprint = helloFingerprint(usual.subarray(0, length));
    assert.ok(fingerprint >= 0 && fingerprint < 256);
  }
});

/** The first bytes of a TLS client. */
async function helloOf(ciphers: string): Promise<Buffer> {
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      wire.emit('hello', chunk);
      done();
    },
  });
  const hello = once(wire, 'hello');
  const client = connect({ socket: wire, ciphers });
  client.on('error', () => undefined);
  const [chunk] = await hello;
  client.destroy();
  return chunk;
}
