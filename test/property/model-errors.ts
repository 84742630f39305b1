import type { Outcome } from '../parity/message.ts';

/** etcd's own texts, and gRPC's codes. */
export const emptyKey: Outcome = { code: 3, text: 'etcdserver: key is not provided' };
export const keyNotFound: Outcome = { code: 3, text: 'etcdserver: key not found' };
export const valueProvided: Outcome = { code: 3, text: 'etcdserver: value is provided' };
export const leaseProvided: Outcome = { code: 3, text: 'etcdserver: lease is provided' };
export const tooManyOperations: Outcome = { code: 3, text: 'etcdserver: too many operations in txn request' };
export const duplicateKey: Outcome = { code: 3, text: 'etcdserver: duplicate key given in txn request' };
export const invalidSort: Outcome = { code: 3, text: 'etcdserver: invalid sort option' };
export const requestTooLarge: Outcome = { code: 3, text: 'etcdserver: request is too large' };
export const compacted: Outcome = { code: 11, text: 'etcdserver: mvcc: required revision has been compacted' };
export const futureRevision: Outcome = { code: 11, text: 'etcdserver: mvcc: required revision is a future revision' };
export const leaseNotFound: Outcome = { code: 5, text: 'etcdserver: requested lease not found' };
export const leaseExists: Outcome = { code: 9, text: 'etcdserver: lease already exists' };
export const leaseTtlTooLarge: Outcome = { code: 11, text: 'etcdserver: too large lease TTL' };
export const streamSort: Outcome = { code: 12, text: 'RangeStream does not support custom sort orders' };
export const streamFilter: Outcome = { code: 12, text: 'RangeStream does not support revision filters' };

export const watchCompactedText = 'etcdserver: mvcc: required revision has been compacted';
export const watchRangeEmptyText = 'mvcc: watcher range is empty';
export const watchIdTakenText = 'mvcc: duplicate watch ID provided on the WatchStream';
