import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { compactMarkName, endOfKeys, keyBytes, keyText, nextKeyText } from '../../../src/sql/key-text.ts';
import { onThisMachine } from '../../support/slowness.ts';

const interesting = [0x00, 0x01, 0x02, 0x2f, 0x30, 0x31, 0x61, 0x7e, 0x7f, 0x80, 0xfe, 0xff];

function someKey(): Buffer {
  return Buffer.from(
    Array.from({ length: randomInt(1, 6) }, () => interesting[randomInt(interesting.length)] as number),
  );
}

test('a key is restored from its text byte by byte, whatever its bytes', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const key = Buffer.from([0x61, byte, 0x62]);
    assert.deepEqual(Buffer.from(keyBytes(keyText(key))), key);
  }
});

test('the next key is the key and a byte of zero', () => {
  const keys = [compactMarkName, 'a', '', ...Array.from({ length: 50 }, () => someKey())];
  for (const key of keys.map((each) => Buffer.from(each))) {
    const next = Buffer.concat([key, Buffer.from([0])]);
    assert.equal(nextKeyText(keyText(key)), keyText(next));
  }
});

test('a text that is not an escape stays unchanged', () => {
  for (const text of ['a\u0001', 'a\u00012', '\u007f', 'a\u007f9', '\u007f9G', '\u007fG9', '\u007fFF']) {
    assert.equal(Buffer.from(keyBytes(text)).toString('latin1'), text);
  }
});

test('the largest key is converted within a few milliseconds, whatever its bytes', () => {
  for (const byte of [0x00, 0x61, 0x7f, 0xff]) {
    const key = Buffer.alloc(1_572_864, byte);
    const startMs = performance.now();
    const back = keyBytes(keyText(key));
    const tookMs = performance.now() - startMs;
    assert.ok(key.equals(back));
    assert.ok(tookMs < onThisMachine(150), `bytes ${byte} took ${tookMs.toFixed(0)} ms`);
  }
});

test('a large key with few escapes takes a small part of the time of a key that is all escapes', () => {
  const few = Buffer.alloc(1_572_864, 'k');
  few.writeUInt32BE(1);
  const timeMs = (key: Buffer) => {
    const startMs = performance.now();
    assert.ok(key.equals(keyBytes(keyText(key))));
    return performance.now() - startMs;
  };
  const times = Array.from({ length: 5 }, () => [timeMs(few), timeMs(Buffer.alloc(few.length, 0xff))] as const);
  const least = (index: 0 | 1) => Math.min(...times.map((pair) => pair[index]));
  assert.ok(least(0) < least(1) / 2, `${least(0).toFixed(1)} ms, all escapes ${least(1).toFixed(1)} ms`);
});

test('a long key is restored from its text, wherever a byte is escaped', () => {
  for (const byte of [0x00, 0x01, 0x02, 0x7e, 0x7f, 0x80, 0xff]) {
    for (const index of [0, 255, 4_094, 4_095, 4_096, 8_191, 8_999]) {
      const key = Buffer.alloc(9_000, 'k');
      key[index] = byte;
      const escapes = keyText(Buffer.of(byte));
      assert.equal(keyText(key), `${'k'.repeat(index)}${escapes}${'k'.repeat(8_999 - index)}`);
      assert.ok(key.equals(keyBytes(keyText(key))));
    }
  }
});

test('key texts are plain ASCII without NUL', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    for (const character of keyText(Buffer.from([byte]))) assert.ok(character > '\u0000' && character <= '\u007f');
  }
});

test('key texts sort like their keys and before the end of all keys', () => {
  const keys: Buffer[] = [
    Buffer.from(compactMarkName),
    Buffer.from(`${compactMarkName}\0`),
    Buffer.from(`${compactMarkName}_`),
  ];
  for (let count = 0; count < 5_000; count += 1) keys.push(someKey());
  keys.sort(Buffer.compare);
  for (let index = 1; index < keys.length; index += 1) {
    const [before, after] = [keys[index - 1] as Buffer, keys[index] as Buffer];
    const order = Buffer.compare(before, after);
    if (order === 0) assert.equal(keyText(before), keyText(after));
    else assert.ok(keyText(before) < keyText(after), `${before.toString('hex')} before ${after.toString('hex')}`);
    assert.ok(keyText(after) < endOfKeys);
  }
});

test("the client's key compact_rev_key differs from the store's own row of that name", () => {
  const text = keyText(Buffer.from(compactMarkName));
  assert.notEqual(text, compactMarkName);
  assert.equal(Buffer.from(keyBytes(text)).toString(), compactMarkName);
});
