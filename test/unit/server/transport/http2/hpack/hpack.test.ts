import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualAnswer } from '../../../../../../src/server/transport/grpc/http2-call-stream.ts';
import { HpackDecoder } from '../../../../../../src/server/transport/http2/hpack/hpack-decoder.ts';
import { HpackEncoder } from '../../../../../../src/server/transport/http2/hpack/hpack-encoder.ts';
import { huffmanDecode } from '../../../../../../src/server/transport/http2/hpack/huffman.ts';
import { ConnectionError, ErrorCode } from '../../../../../../src/server/transport/http2/protocol.ts';

const decoder = () => new HpackDecoder({ listBytesMax: 10_000 });
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const errorWith = (code: number) => (error: unknown) => error instanceof ConnectionError && error.code === code;

// RFC 7541, appendix C.3 (plain) and C.4 (Huffman): three requests on one connection.
const requests = {
  plain: [
    '828684410f7777772e6578616d706c652e636f6d',
    '828684be58086e6f2d6361636865',
    '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
  ],
  Huffman: [
    '828684418cf1e3c2e5f23a6ba0ab90f4ff',
    '828684be5886a8eb10649cbf',
    '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
  ],
};

for (const [form, blocks] of Object.entries(requests)) {
  test(`the RFC's examples are decoded: ${form}`, () => {
    const { decode } = bound(decoder());
    const common = [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ];
    assert.deepEqual(decode(hex(blocks[0] ?? '')), common);
    assert.deepEqual(decode(hex(blocks[1] ?? '')), [...common, ['cache-control', 'no-cache']]);
    assert.deepEqual(decode(hex(blocks[2] ?? '')), [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ]);
  });
}

test('old entries are evicted from a full table, and a repeated block uses the current table', () => {
  const { decode } = bound(decoder());
  decode(hex('40 01 61 01 31'));
  const block = hex('be');
  assert.deepEqual(decode(block), [['a', '1']]);
  assert.deepEqual(decode(block), [['a', '1']]);
  decode(hex('40 01 62 01 32'));
  assert.deepEqual(decode(block), [['b', '2']]);
  // A table size of 0 empties the table.
  decode(hex('20'));
  assert.throws(() => decode(block), errorWith(ErrorCode.compressionError));
});

test('a field larger than the table empties it', () => {
  const { decode } = bound(decoder());
  decode(hex('3f 09')); // 40 bytes
  decode(hex('40 01 61 01 31'));
  assert.deepEqual(decode(hex('be')), [['a', '1']]);
  assert.deepEqual(decode(hex('40 01 61 0a 30313233343536373839')), [['a', '0123456789']]);
  assert.throws(() => decode(hex('be')), errorWith(ErrorCode.compressionError));
});

test('an invalid header block is an error', () => {
  const blocks = {
    'index 0': '80',
    'an index out of range': 'ff00',
    'a number without end': 'ffffffffffff',
    'a number cut off': 'ff',
    'a string cut off': '00 05 61',
    'a name cut off': '40',
    'a table size too large': '3f e2 1f',
    'a table size within a block': '82 20',
    'a Huffman string padded with zeros': '00 81 00 00',
    'a Huffman string with a byte of padding': '00 82 1f ff 00',
    'the Huffman code of the end': '00 84 ff ff ff ff 00',
  };
  for (const [name, block] of Object.entries(blocks)) {
    assert.throws(() => decoder().decode(hex(block)), errorWith(ErrorCode.compressionError), name);
  }
});

test('the size of a header list is limited', () => {
  const large = Buffer.concat([hex('40 01 61 7f 81 0f'), Buffer.alloc(2048, 'v')]);
  const { decode } = bound(decoder());
  decode(large);
  assert.throws(() => decode(Buffer.alloc(10, 0xbe)), errorWith(ErrorCode.enhanceYourCalm));
});

test('every byte has a Huffman code, and invalid codes are refused', () => {
  assert.equal(huffmanDecode(hex('')), '');
  assert.equal(huffmanDecode(hex('f1e3c2e5f23a6ba0ab90f4ff')), 'www.example.com');
  assert.equal(huffmanDecode(hex('ff')), undefined);
  assert.equal(huffmanDecode(hex('00')), undefined);
});

test('replies are encoded with two table entries, in any order of replies', () => {
  const { head, trailers: ok } = usualAnswer;
  const encoder = new HpackEncoder(usualAnswer);
  const { decode } = bound(decoder());
  const failure = [['grpc-status', '14']];
  assert.deepEqual(decode(encoder.block(ok)), ok, 'before there is any entry');
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(decode(encoder.block(head)), head);
    assert.deepEqual(decode(encoder.block(head)), head);
    assert.deepEqual(decode(encoder.block([['grpc-status', '14']])), failure);
    assert.deepEqual(decode(encoder.block(ok)), ok);
    assert.deepEqual(decode(encoder.block(ok)), ok);
  }
  assert.equal(encoder.block(head).length + encoder.block(ok).length, 3);
});

test('long values and names from the static table are encoded', () => {
  const { decode } = bound(decoder());
  const fields = [
    [':status', '415'],
    ['grpc-message', 'x'.repeat(5_000)],
  ] as const;
  assert.deepEqual(decode(new HpackEncoder().block(fields)), fields);
});

function bound(each: HpackDecoder) {
  return { decode: (block: Buffer) => each.decode(block).fields };
}
