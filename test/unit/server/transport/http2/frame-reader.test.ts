import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from '../../../../../src/server/transport/http2/frame-reader.ts';
import { clientPreface } from '../../../../../src/server/transport/http2/protocol.ts';
import { frame } from './raw-client.ts';

const frames = Array.from({ length: 40 }, (_, index) =>
  frame(index % 10, { flags: index, streamId: index, payload: Buffer.alloc((index * 977) % 16_385, index) }),
);
const expected = frames.map((bytes, index) => [index % 10, index, index, bytes.subarray(9)]);
const stream = Buffer.concat([clientPreface, ...frames]);

for (const size of [1, 7, 8, 9, 10, 1_000, 16_384, 65_536, stream.length]) {
  for (const stopsEach of [Number.POSITIVE_INFINITY, 1, 3]) {
    test(`frames are the same when they arrive ${size} bytes at a time and the listener stops after ${stopsEach}`, () => {
      const seen: unknown[] = [];
      const reader = new FrameReader((type, flags, streamId, payload) => {
        seen.push([type, flags, streamId, Buffer.from(payload)]);
        return seen.length % stopsEach !== 0;
      });
      for (let at = 0; at < stream.length; at += size) {
        reader.push(stream.subarray(at, at + size));
        for (let turns = 0; reader.read(); turns += 1) assert.ok(turns < frames.length);
      }
      assert.deepEqual(seen, expected);
    });
  }
}

test('bytes pushed before the earlier ones were read are not lost', () => {
  const seen: number[] = [];
  const reader = new FrameReader((_type, _flags, streamId) => {
    seen.push(streamId);
    return false;
  });
  for (let at = 0; at < stream.length; at += 5_000) {
    reader.push(stream.subarray(at, at + 5_000));
    reader.read();
  }
  while (reader.read());
  assert.deepEqual(
    seen,
    frames.map((_, index) => index),
  );
});
