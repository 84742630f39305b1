import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type protobuf from 'protobufjs';
import { fieldName } from '../../../scripts/codec/names.ts';
import { loadSchema } from '../../../scripts/codec/schema.ts';
import { PutRequest, RangeRequest, RequestOp, TxnRequest } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { LeaseStatus } from '../../../src/wire/generated/etcdserverpb/lease.ts';
import { WatchCreateRequest } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import { allCodecs } from './all-codecs.ts';
import { seededRandom } from './random.ts';
import { randomMessage } from './random-message.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

const schema = new Map(
  loadSchema(join(import.meta.dirname, '../../../proto'))
    .flatMap((file) => file.messages)
    .map((message) => [message.fullName.slice(1), message]),
);

test('every message has a codec', () => {
  assert.deepEqual(allCodecs.map((codec) => codec.typeName).sort(), [...schema.keys()].sort());
});

test(`every codec decodes and encodes like protobufjs (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  for (const codec of allCodecs) {
    const type = schema.get(codec.typeName);
    assert(type);
    for (let round = 0; round < 40; round++) {
      const theirs = type.create(randomMessage(type, random));
      const bytes: Buffer = Buffer.from(type.encode(theirs).finish());
      const ours = codec.decode(bytes);
      const label = `${codec.typeName} ${bytes.toString('hex')}`;
      assert.deepEqual(plainOfOurs(ours), plainOfTheirs(type, type.decode(bytes)), label);
      assert.deepEqual(codec.encode(ours), bytes, label);
    }
  }
});

test('a decoded message has every field, and an empty one encodes to nothing', () => {
  for (const codec of allCodecs) {
    assert.deepEqual(codec.decode(Buffer.alloc(0)), codec.create());
    assert.equal(codec.encode(codec.create()).length, 0);
    assert.equal(codec.encode({}).length, 0);
  }
});

test('lease ids keep all 64 bits', () => {
  for (const id of [1n, -1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 0x7fff_ffffn, 0x8000_0000n]) {
    assert.equal(LeaseStatus.decode(LeaseStatus.encode({ id })).id, id);
  }
});

test('revisions are exact up to 2^53 and rounded above it', () => {
  for (const revision of [1, -1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), 2 ** 35, 2 ** 53 - 1, 2 ** 62]) {
    assert.equal(RangeRequest.decode(RangeRequest.encode({ revision })).revision, revision);
  }
  const int64Max = Buffer.from('20ffffffffffffffff7f', 'hex');
  assert.equal(RangeRequest.decode(int64Max).revision, 2 ** 63);
});

test('the last value of a repeated scalar counts, and repeated messages are merged', () => {
  const first = RequestOp.encode({ request: { case: 'requestPut', value: { key: Buffer.from('a'), lease: 5n } } });
  const second = RequestOp.encode({ request: { case: 'requestPut', value: { key: Buffer.from('b') } } });
  const { request } = RequestOp.decode(Buffer.concat([first, second]));
  assert(request?.case === 'requestPut');
  assert.equal(request.value.key.toString(), 'b');
  assert.equal(request.value.lease, 5n);
});

test('a list of enums is decoded packed and unpacked', () => {
  assert.deepEqual(WatchCreateRequest.decode(Buffer.from('2a020001', 'hex')).filters, [0, 1]);
  assert.deepEqual(WatchCreateRequest.decode(Buffer.from('28002801', 'hex')).filters, [0, 1]);
  assert.equal(WatchCreateRequest.encode({ filters: [0, 1] }).toString('hex'), '2a020001');
});

test('decoded bytes share the memory of the request', () => {
  const request = PutRequest.encode({ key: Buffer.from('key'), value: Buffer.from('value') });
  assert.equal(PutRequest.decode(request).value.buffer, request.buffer);
});

test('a plain Uint8Array with an offset is decoded like a Buffer', () => {
  const padded = new Uint8Array([0xff, ...TxnRequest.encode({ compare: [{ key: Buffer.from('k') }] }), 0xff]);
  const txn = TxnRequest.decode(padded.subarray(1, -1));
  assert.equal(txn.compare[0]?.key.toString(), 'k');
});

/** A message of the codec as fields that are set; oneofs flattened, integers as text. */
function plainOfOurs(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plainOfOurs);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plainOfOurs(item)]));
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : String(value);
  return Object.fromEntries(Object.entries(value).flatMap(plainField));
}

function plainField([name, value]: [string, unknown]): [string, unknown][] {
  if (typeof value === 'object' && value !== null && 'case' in value && 'value' in value) {
    return [[String(value.case), plainOfOurs(value.value)]];
  }
  const isDefault = !value || value === 0n || (Array.isArray(value) && value.length === 0);
  const isEmpty = (value instanceof Uint8Array && value.length === 0) || (value instanceof Map && value.size === 0);
  return isDefault || isEmpty ? [] : [[name, plainOfOurs(value)]];
}

function plainOfTheirs(type: protobuf.Type, message: protobuf.Message): unknown {
  const plain = type.toObject(message, { longs: String, enums: Number, bytes: Buffer, oneofs: false });
  return renamed(plain);
}

function renamed(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name.startsWith('key ') ? name : fieldName(name), renamed(item)]),
  );
}
