import { randomFillSync } from 'node:crypto';

/** Random bytes are made for many ids at a time: a call for each takes 5 us. */
const idBytes = 8;
const pool = Buffer.alloc(idBytes * 512);
let used = pool.length;

/** 63 bits, never 0: etcd's ids of leases and clusters, which some clients keep in signed numbers. */
export function randomId(): bigint {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.readBigUInt64BE(used);
  used += idBytes;
  return (id >> 1n) | 1n;
}
