import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kvService } from '../../../../src/server/services/kv-service.ts';
import type { ServiceContext } from '../../../../src/server/services/service-context.ts';
import type { Call, MessageStream } from '../../../../src/server/transport/grpc/method.ts';
import { KV } from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { collectGarbage } from '../../../support/collect-garbage.ts';
import { settle } from '../../watch/watching.ts';

const { range, rangeStream, put, deleteRange, txn } = KV.methods;
const key = Buffer.from('key');
const value = Buffer.from('value');
const requests = [
  { path: range.path, bytes: range.request.encode({ key, rangeEnd: value }) },
  { path: rangeStream.path, bytes: rangeStream.request.encode({ key, rangeEnd: value }) },
  { path: put.path, bytes: put.request.encode({ key, value }) },
  { path: deleteRange.path, bytes: deleteRange.request.encode({ key, rangeEnd: value }) },
  {
    path: txn.path,
    bytes: txn.request.encode({
      compare: [{ key, targetUnion: { case: 'value', value } }],
      success: [{ request: { case: 'requestPut', value: { key, value } } }],
      failure: [{ request: { case: 'requestRange', value: { key, rangeEnd: value } } }],
    }),
  },
];

/** The calls that wait for the store, which never answers. */
const waiting: unknown[] = [];
const work = () => new Promise<never>((_resolve, reject) => waiting.push(reject));
const services = {
  access: { read: work, write: work, parts: () => ({ [Symbol.asyncIterator]: () => ({ next: work }) }) },
  store: {},
  headers: {},
  config: { maxTxnOps: 128, maxRequestBytes: 1_000_000 },
} as unknown as ServiceContext;

for (const { path, bytes } of requests) {
  test(`${path}: a call that waits does not keep the bytes that arrived with its request`, async (context) => {
    const method = kvService(services).find((each) => each.path === path);
    const described: (() => unknown)[] = [];
    context.after(() => described.splice(0));
    const call = { about: (describe: () => unknown) => described.push(describe) } as unknown as Call;
    const arrived = begin(bytes, (request) => {
      if (method?.kind === 'unary') return method.handle(request, call);
      assert.ok(method?.kind === 'serverStream');
      return method.handle(request, {} as MessageStream, call);
    });
    await settle();
    collectGarbage();
    assert.equal(arrived.deref(), undefined);
  });
}

/** Begins a call whose request is a small part of the bytes that arrived together. */
function begin(request: Uint8Array, call: (request: Uint8Array) => Promise<unknown>): WeakRef<ArrayBufferLike> {
  const chunk = Buffer.alloc(64 * 1024);
  chunk.set(request, 100);
  void call(chunk.subarray(100, 100 + request.length));
  return new WeakRef(chunk.buffer);
}
