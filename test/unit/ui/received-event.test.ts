import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receivedEvent } from '../../../ui/events/received-event.ts';

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');

function eventOf(key: Buffer | string, value: Buffer | string) {
  return receivedEvent({ kv: { key: base64(key), value: base64(value), mod_revision: '7', create_revision: '7' } });
}

test('a put of a new key, a put of a known key and a delete are told apart', () => {
  const kv = { key: base64('k'), mod_revision: '7', create_revision: '3', version: '2' };
  assert.equal(receivedEvent({ kv }).kind, 'changed');
  assert.equal(receivedEvent({ kv: { ...kv, create_revision: '7' } }).kind, 'created');
  assert.equal(receivedEvent({ type: 'DELETE', kv: { key: base64('k'), mod_revision: '7' } }).kind, 'deleted');
});

test('only the beginning of a value is kept, with its size', () => {
  for (const length of [0, 1, 2, 3, 119, 120, 121, 5_000]) {
    const value = Buffer.alloc(length, 'v');
    const { valueBytes, valueStart } = eventOf('k', value);
    assert.equal(valueBytes, length);
    assert.deepEqual(Buffer.from(valueStart), value.subarray(0, 120));
  }
});

test('a long key is cut, and said to be', () => {
  assert.deepEqual(
    [eventOf('k'.repeat(1_024), '').isKeyWhole, eventOf('k'.repeat(1_025), '').isKeyWhole],
    [true, false],
  );
  assert.equal(eventOf('k'.repeat(5_000), '').key.length, 1_024);
});
