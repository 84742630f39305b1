import { PutRequest, RangeResponse, TxnRequest, TxnResponse } from '../../src/wire/generated/etcdserverpb/kv.ts';
import type { MessageInput } from '../../src/wire/message-codec.ts';

const key = Buffer.from('/registry/configmaps/default/load-000123');
const value = Buffer.alloc(1024, 'x');
const header = {
  clusterId: 14_841_639_068_965_178_418n,
  memberId: 10_276_657_743_932_975_437n,
  revision: 1_234_567,
  raftTerm: 2,
};

/** A small put with a lease. */
const put: MessageInput<PutRequest> = { key, value: Buffer.alloc(64, 'y'), lease: 7_587_888_888_888_888_888n };

/**
 * An update of an object as Kubernetes does it: compare the object's revision, write the object, or
 * read it when another client wrote first.
 */
const txn: MessageInput<TxnRequest> = {
  compare: [{ result: 0, target: 2, key, targetUnion: { case: 'modRevision', value: 123_456 } }],
  success: [{ request: { case: 'requestPut', value: { key, value } } }],
  failure: [{ request: { case: 'requestRange', value: { key } } }],
};

/** The reply to this transaction. */
export const txnResponse: MessageInput<TxnResponse> = {
  header,
  succeeded: true,
  responses: [{ response: { case: 'responsePut', value: { header: { revision: 1_234_567 } } } }],
};

/** A list of 10,000 objects of 1 KiB. */
export const rangeResponse: MessageInput<RangeResponse> = {
  header,
  count: 10_000,
  kvs: Array.from({ length: 10_000 }, (_, index) => ({
    key: Buffer.from(`/registry/configmaps/default/load-${String(index).padStart(6, '0')}`),
    createRevision: 1_000 + index,
    modRevision: 30_000 + index,
    version: 4,
    value,
  })),
};

/**
 * The same messages as bytes, which candidates decode, and which their encoded output must equal.
 */
export const workload = {
  put: PutRequest.encode(put),
  txn: TxnRequest.encode(txn),
  txnResponse: TxnResponse.encode(txnResponse),
  rangeResponse: RangeResponse.encode(rangeResponse),
};
