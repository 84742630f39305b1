import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRequest } from '../../../../src/server/parsing/decode-request.ts';
import { serverLimits } from '../../../../src/server/server-limits.ts';
import { MemberAddRequest } from '../../../../src/wire/generated/etcdserverpb/cluster.ts';
import { PutRequest, TxnRequest } from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { WatchRequest } from '../../../../src/wire/generated/etcdserverpb/watch.ts';
import type { MessageCodec } from '../../../../src/wire/message-codec.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import { fastestMs } from '../../../support/fastest.ts';

function repeated(fields: readonly number[], count: number): Buffer {
  return Buffer.alloc(fields.length * count, Buffer.from(fields));
}

/** A field with a length of two bytes or more. */
function field(tag: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.concat([Buffer.of(tag, ...length), content]);
  }
}

const { requestFieldsMax } = serverLimits;

/** Messages of as many fields. */
const kinds: readonly [string, MessageCodec<unknown>, (count: number) => Buffer][] = [
  ['unknown numbers', PutRequest, (count) => repeated([0x78, 0], count)],
  ['unknown groups', PutRequest, (count) => repeated([0x7b, 0x7c], count / 2)],
  ['one field again and again', PutRequest, (count) => repeated([0x0a, 0], count)],
  ['texts', MemberAddRequest, (count) => repeated([0x0a, 0], count)],
  ['empty messages', TxnRequest, (count) => repeated([0x0a, 0], count)],
  ['fields of a nested message', WatchRequest, (count) => field(0x0a, repeated([0x28, 1], count - 1))],
  ['a packed list', WatchRequest, (count) => field(0x0a, field(0x2a, repeated([1], count - 2)))],
];

for (const [name, codec, messageOf] of kinds) {
  test(`a request may have some thousand fields, and not a million: ${name}`, () => {
    assert.ok(decodeRequest(codec, messageOf(requestFieldsMax)));
    assert.throws(() => decodeRequest(codec, messageOf(requestFieldsMax + 2)), WireError);
    const many = messageOf(1_000_000);
    assert.ok(fastestMs(() => assert.throws(() => decodeRequest(codec, many), WireError)) < 50);
  });
}

test('the bytes of a large value are not fields', () => {
  const message = field(0x12, Buffer.alloc(2 ** 20, 1));
  assert.equal(decodeRequest(PutRequest, message).value.length, 2 ** 20);
});
