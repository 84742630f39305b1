import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageReader } from '../../../../../src/server/transport/grpc/message-reader.ts';
import { parseTimeoutMs } from '../../../../../src/server/transport/grpc/parse-timeout.ts';
import { percentEncode } from '../../../../../src/server/transport/grpc/percent-encode.ts';
import { framed } from '../grpc-harness.ts';

const messages = ['', 'a', 'x'.repeat(100), 'y'.repeat(10_000), 'z'];
const bytes = Buffer.concat(messages.map((message) => framed(message)));

for (const chunkBytes of [1, 2, 4, 5, 6, 7, 99, 4096, bytes.length]) {
  test(`messages are the same when they arrive in chunks of ${chunkBytes} bytes`, () => {
    const reader = new MessageReader({ messageBytesMax: 10_000 });
    const found: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      reader.push(Buffer.from(bytes.subarray(at, at + chunkBytes)));
      for (let message = reader.next(); message !== undefined; message = reader.next()) found.push(message);
    }
    assert.deepEqual(found.map(String), messages);
    assert.equal(reader.heldBytes, 0);
  });
}

test('a message that is too large is refused by its length prefix', () => {
  const reader = new MessageReader({ messageBytesMax: 10 });
  reader.push(framed('x'.repeat(11)).subarray(0, 5));
  assert.throws(() => reader.next(), /^GrpcError: grpc: received message larger than max \(11 vs. 10\)$/);
});

test('timeouts have up to 8 digits and a unit', () => {
  const known = {
    '1H': 3_600_000,
    '2M': 120_000,
    '3S': 3000,
    '4m': 4,
    '5u': 0.005,
    '6n': 0.000_006,
    '99999999S': 99_999_999_000,
  };
  for (const [text, ms] of Object.entries(known)) assert.ok(Math.abs((parseTimeoutMs(text) ?? -1) - ms) < 1e-9, text);
  for (const text of ['', 'S', '1', '1s', '-1S', '1.5S', '123456789S', ' 1S', '1SS']) {
    assert.equal(parseTimeoutMs(text), undefined, text);
  }
});

test('status texts are printable ASCII in a header', () => {
  assert.equal(percentEncode('etcdserver: key is not provided'), 'etcdserver: key is not provided');
  assert.equal(percentEncode('100%\n€'), '100%25%0A%E2%82%AC');
});
