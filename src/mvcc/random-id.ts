import { randomBytes } from 'node:crypto';

/** 63 bits, never 0: etcd's ids of leases and clusters, which some clients keep in signed numbers. */
export function randomId(): bigint {
  return (randomBytes(8).readBigUInt64BE() >> 1n) | 1n;
}
