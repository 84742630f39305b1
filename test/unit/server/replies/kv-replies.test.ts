import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeSingleUse, markSingleUse } from '../../../../src/kit/memory.ts';
import type { RangeResult, StepResult } from '../../../../src/mvcc/results.ts';
import {
  deleteReply,
  putReply,
  rangeReply,
  rangeStreamReply,
  txnReply,
} from '../../../../src/server/replies/kv-replies.ts';
import type { Message } from '../../../../src/server/transport/grpc/method.ts';
import {
  DeleteRangeResponse,
  PutResponse,
  RangeResponse,
  RangeStreamResponse,
  TxnResponse,
} from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { KeyValue } from '../../../../src/wire/generated/mvccpb/kv.ts';
import { KeyValueWriter } from '../../../../src/wire/key-value-writer.ts';
import { ResponseHeaders } from '../../../../src/wire/response-headers.ts';

const identity = { clusterId: 2n ** 63n + 1n, memberId: 7n, raftTerm: 2 };
const headers = new ResponseHeaders(identity);

const keyValues = [1, 300, 5000].map((valueBytes, index) => ({
  key: Buffer.from(`key-${index}`),
  createRevision: 2 ** 40 + index,
  modRevision: 2 ** 50,
  version: index + 1,
  value: Buffer.alloc(valueBytes, index),
  lease: index === 1 ? 123n : 0n,
}));
const [first] = keyValues;
assert.ok(first);

const bytesOf = (message: Message) => Buffer.concat(message instanceof Uint8Array ? [message] : [...message]);
const encodedValue = (each: (typeof keyValues)[number]) => KeyValue.encode(each);

function block(each: readonly (typeof keyValues)[number][]) {
  const writer = new KeyValueWriter();
  for (const keyValue of each) writer.field(0x12, { ...keyValue, lease: String(keyValue.lease) });
  return { bytes: writer.take(), count: each.length };
}

function rangeResult(change: Partial<RangeResult> = {}): RangeResult {
  return { kind: 'range', revision: 2 ** 50, blocks: [block(keyValues)], more: false, count: 3, ...change };
}

test("a range reply equals the codec's encoding", () => {
  const cases = [
    rangeResult(),
    rangeResult({ blocks: [], count: 0 }),
    rangeResult({ blocks: [block([first])], count: 1 }),
    rangeResult({ blocks: [block([first]), block(keyValues.slice(1))], more: true, count: 2 ** 33 }),
    rangeResult({ blocks: [], count: 1 }),
  ];
  for (const result of cases) {
    const decoded = RangeResponse.decode(bytesOf(rangeReply(result, headers)));
    assert.deepEqual(decoded.header, { ...identity, revision: 2 ** 50 });
    assert.equal(decoded.more, result.more);
    assert.equal(decoded.count, result.count);
    assert.deepEqual(decoded.kvs, result.blocks.length === 0 ? [] : keyValues.slice(0, decoded.kvs.length));
    assert.equal(
      decoded.kvs.length,
      result.blocks.reduce((sum, { count }) => sum + count, 0),
    );
  }
});

test('only the last chunk of a streamed range has a header, more and count', () => {
  const part = RangeStreamResponse.decode(bytesOf(rangeStreamReply(rangeResult({ more: true }), { last: undefined })));
  assert.deepEqual(part.rangeResponse, { header: undefined, kvs: keyValues, more: false, count: 0 });
  const last = RangeStreamResponse.decode(bytesOf(rangeStreamReply(rangeResult({ more: true }), { last: headers })));
  assert.deepEqual(last.rangeResponse?.header, { ...identity, revision: 2 ** 50 });
  assert.deepEqual([last.rangeResponse?.more, last.rangeResponse?.count], [true, 3]);
});

test('put and delete replies have the previous key-values', () => {
  const put = PutResponse.decode(
    bytesOf(putReply({ kind: 'put', revision: 5, previous: encodedValue(first) }, headers)),
  );
  assert.deepEqual(put, { header: { ...identity, revision: 5 }, prevKv: first });
  const fresh = PutResponse.decode(bytesOf(putReply({ kind: 'put', revision: 6, previous: undefined }, headers)));
  assert.deepEqual(fresh, { header: { ...identity, revision: 6 }, prevKv: undefined });
  const previous = keyValues.map(encodedValue);
  const deleted = DeleteRangeResponse.decode(
    bytesOf(deleteReply({ kind: 'delete', revision: 7, deleted: 3, previous }, headers)),
  );
  assert.deepEqual(deleted, { header: { ...identity, revision: 7 }, deleted: 3, prevKvs: keyValues });
});

test('a transaction reply contains the other replies, whose headers have only a revision', () => {
  const inner: readonly StepResult[] = [
    rangeResult({ revision: 8 }),
    { kind: 'put', revision: 9, previous: encodedValue(first) },
    { kind: 'put', revision: 9, previous: undefined },
    { kind: 'delete', revision: 9, deleted: 3, previous: keyValues.map(encodedValue) },
  ];
  const nested: StepResult = { kind: 'txn', revision: 0, succeeded: false, responses: inner };
  const result = { kind: 'txn', revision: 9, succeeded: true, responses: [...inner, nested] } as const;
  const decoded = TxnResponse.decode(bytesOf(txnReply(result, headers)));
  const header = (revision: number) => ({ clusterId: 0n, memberId: 0n, revision, raftTerm: 0 });
  const expected = [
    { case: 'responseRange', value: { header: header(8), kvs: keyValues, more: false, count: 3 } },
    { case: 'responsePut', value: { header: header(9), prevKv: first } },
    { case: 'responsePut', value: { header: header(9), prevKv: undefined } },
    { case: 'responseDeleteRange', value: { header: header(9), deleted: 3, prevKvs: keyValues } },
  ];
  assert.deepEqual(decoded, {
    header: { ...identity, revision: 9 },
    succeeded: true,
    responses: [
      ...expected.map((response) => ({ response })),
      {
        response: {
          case: 'responseTxn',
          value: { header: header(0), succeeded: false, responses: expected.map((response) => ({ response })) },
        },
      },
    ],
  });
});

test('a result whose bytes were sent and freed cannot be encoded again', () => {
  const bytes = new Uint8Array(2_000);
  const result: RangeResult = { kind: 'range', revision: 5, blocks: [{ bytes, count: 1 }], more: false, count: 1 };
  markSingleUse(bytes);
  rangeReply(result, headers);
  freeSingleUse(bytes);
  assert.throws(() => rangeReply(result, headers), { name: 'AssertionError' });
});
