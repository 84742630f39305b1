import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeSingleUse, freeWhole, markSingleUse, notFreed, outsidePool } from '../../../src/kit/memory.ts';

test('bytes that fill their buffer are freed', () => {
  const bytes = new Uint8Array(100);
  freeWhole(bytes);
  assert.equal(bytes.length, 0);
});

test('bytes that share their buffer are not freed', () => {
  const bytes = new Uint8Array(100).fill(7);
  freeWhole(bytes.subarray(0, 50));
  assert.deepEqual(bytes, new Uint8Array(100).fill(7));
});

test('sent bytes are freed only if they are marked for a single use', () => {
  const many = new Uint8Array(100).fill(7);
  const once = new Uint8Array(100);
  markSingleUse(once);
  for (const bytes of [many, once]) freeSingleUse(bytes);
  assert.deepEqual(many, new Uint8Array(100).fill(7));
  assert.equal(once.length, 0);
});

test('a second use of single-use bytes throws, and does not read as empty bytes', () => {
  const once = new Uint8Array(100);
  markSingleUse(once);
  assert.equal(notFreed(once), once);
  freeSingleUse(once);
  assert.throws(() => notFreed(once), { name: 'AssertionError' });
  assert.throws(() => markSingleUse(once), { name: 'AssertionError' });
});

test('bytes without a length are not taken for freed ones', () => {
  for (const empty of [new Uint8Array(0), Buffer.alloc(0), new Uint8Array(8).subarray(8)])
    assert.equal(notFreed(empty), empty);
});

test('small bytes of the buffer that Node shares are copied, and others are not', () => {
  const pooled = Buffer.allocUnsafe(100).fill(7);
  const own = outsidePool(pooled);
  assert.deepEqual(Buffer.from(own), pooled);
  assert.equal(own.buffer.byteLength, 100);
  for (const bytes of [new Uint8Array(100), Buffer.allocUnsafeSlow(Buffer.poolSize), Buffer.alloc(0)])
    assert.equal(outsidePool(bytes), bytes);
});
