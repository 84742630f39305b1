import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addressOfBytes,
  base64OfBytes,
  bytesOfAddress,
  bytesOfBase64,
  bytesOfShown,
  bytesOfText,
  prefixEnd,
  shownBytes,
  textOfBytes,
} from '../../../ui/bytes.ts';

const all = Uint8Array.from({ length: 256 }, (_, index) => index);
const samples = [
  new Uint8Array(),
  all,
  bytesOfText('/registry/pods/ä€😀\\x41 %2F'),
  Uint8Array.of(0xe2, 0x82, 0x2f, 0xff, 0x0a),
];

describe('bytes of keys and values', () => {
  test('base64, the address and the shown text lead back to the same bytes', () => {
    for (const bytes of samples) {
      assert.deepEqual(bytesOfBase64(base64OfBytes(bytes)), bytes);
      assert.deepEqual(bytesOfAddress(addressOfBytes(bytes)), bytes);
      assert.deepEqual(bytesOfShown(shownBytes(bytes)), bytes);
    }
  });

  test('base64 of more bytes than a call takes arguments is Node`s', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
    assert.equal(base64OfBytes(bytes), Buffer.from(bytes).toString('base64'));
  });

  test('a key that is no UTF-8 is shown with its readable parts', () => {
    assert.equal(shownBytes(Uint8Array.of(0x61, 0xff, 0xc3, 0xa4, 0xc3)), 'a\\xffä\\xc3');
    assert.equal(textOfBytes(Uint8Array.of(0x61, 0xff)), undefined);
  });

  test('control characters and backslashes are escaped', () => {
    assert.equal(shownBytes(bytesOfText('a\n\\\u0085')), 'a\\x0a\\\\\\xc2\\x85');
  });

  test('an address that a person typed is read as UTF-8', () => {
    assert.deepEqual(bytesOfAddress('/ä%zz'), bytesOfText('/ä%zz'));
  });

  test('the end of a prefix is the next prefix of the same length, or shorter', () => {
    assert.deepEqual(prefixEnd(bytesOfText('/a/')), bytesOfText('/a0'));
    assert.deepEqual(prefixEnd(Uint8Array.of(0x61, 0xff, 0xff)), Uint8Array.of(0x62));
    assert.deepEqual(prefixEnd(Uint8Array.of(0xff)), Uint8Array.of(0));
    assert.deepEqual(prefixEnd(new Uint8Array()), Uint8Array.of(0));
  });
});
