import { etcdError } from '../../errors.ts';
import type { LeaseId } from '../../mvcc/ids.ts';
import type { DeleteOperation, PutOperation } from '../../mvcc/operations.ts';
import type { DeleteRangeRequest, PutRequest } from '../../wire/generated/etcdserverpb/kv.ts';
import { parseKey, parseKeys } from './parse-keys.ts';

/** @throws EtcdError as etcd 3.7 does */
export function parsePut(request: PutRequest): PutOperation {
  const key = parseKey(request.key);
  if (request.ignoreValue && request.value.length > 0) throw etcdError('valueProvided');
  if (request.ignoreLease && request.lease !== 0n) throw etcdError('leaseProvided');
  return {
    kind: 'put',
    key,
    value: ownBytes(request.value),
    lease: request.lease as LeaseId,
    previous: request.prevKv,
    ignoreValue: request.ignoreValue,
    ignoreLease: request.ignoreLease,
  };
}

/** @throws EtcdError as etcd 3.7 does */
export function parseDelete(request: DeleteRangeRequest): DeleteOperation {
  return { kind: 'delete', keys: parseKeys(request), previous: request.prevKv };
}

/** A copy. Decoded bytes are a view of the request and of other bytes that arrived with it. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
