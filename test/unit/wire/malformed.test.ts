import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticateRequest } from '../../../src/wire/generated/etcdserverpb/auth.ts';
import { RangeRequest, TxnRequest } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { messageDepthMax } from '../../../src/wire/reader.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { allCodecs } from './all-codecs.ts';
import { seededRandom } from './random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

const malformed = {
  'a length past the end': '0a05616263',
  'a length past the end of the outer message': '0a040a05616263646566',
  'a length of 2^63': '0affffffffffffffffff01',
  'a length without bytes': '0a',
  'a truncated varint': '1880',
  'a varint of eleven bytes': '18ffffffffffffffffffff01',
  'a varint of 65 bits': '18ffffffffffffffffff02',
  'field number 0': '0001',
  'a field number past 2^29': '8080808010' + '00',
  'a tag of more than 32 bits': 'ffffffffff01',
  'a group end without a start': '0c',
  'a group start without an end': '7b0801',
  'a group end with another number': '7b84017c',
  'wire type 6': '0e',
  'wire type 7': '0f',
  'a truncated fixed64': '7900000000000000',
  'a truncated fixed32': '7d000000',
};

for (const [what, hex] of Object.entries(malformed)) {
  test(`${what} is refused`, () => {
    const codec = what.includes('around it') ? TxnRequest : RangeRequest;
    assert.throws(() => codec.decode(Buffer.from(hex, 'hex')), WireError);
  });
}

test('text that is not UTF-8 is refused', () => {
  assert.throws(() => AuthenticateRequest.decode(Buffer.from('0a02c328', 'hex')), WireError);
});

test('unknown fields are skipped, whatever their wire type', () => {
  const unknown = ['7801', '790000000000000000', '7a0161', '7b08017c', '7d00000000', '0801'].join('');
  assert.equal(RangeRequest.decode(Buffer.from(`${unknown}1805`, 'hex')).limit, 5);
});

test('transactions nested up to the limit are decoded, and deeper ones are refused', () => {
  assert.doesNotThrow(() => TxnRequest.decode(nestedMessages(messageDepthMax)));
  assert.throws(() => TxnRequest.decode(nestedMessages(messageDepthMax + 2)), WireError);
  assert.throws(() => TxnRequest.decode(Buffer.alloc(1_000_000, 0x7b)), WireError);
});

test(`random bytes are decoded or refused, without any other error (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(Array.from({ length: random() * 40 }, () => random() ** 2 * 256));
    const codec = allCodecs[round % allCodecs.length];
    try {
      codec?.decode(bytes);
    } catch (error) {
      assert(error instanceof WireError, `${codec?.typeName} ${bytes.toString('hex')}: ${error}`);
    }
  }
});

/** Transactions nested in each other. Each level is two messages, of fields 2 and 4. */
function nestedMessages(depth: number): Buffer {
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) {
    const tag = Buffer.from([level % 2 === 0 ? 0x22 : 0x12]);
    bytes = Buffer.concat([tag, varint(bytes.length), bytes]);
  }
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
