import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '../../../src/wire/crc32c.ts';

test('the sums of RFC 3720 are correct', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe306_9283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a91_36aa);
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8_ab43);
  assert.equal(crc32c(Buffer.alloc(0)), 0);
});

test('the sum over pieces equals the sum over the whole', () => {
  const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 37) % 256));
  const whole = crc32c(bytes);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    assert.equal(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut))), whole, `cut at ${cut}`);
  }
});
