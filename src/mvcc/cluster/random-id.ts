import { randomFillSync } from 'node:crypto';

/** Random bytes are generated for 512 ids at a time: a call for each id takes 5 us. */
const idBytes = 8;
const pool = Buffer.alloc(idBytes * 512);
let used = pool.length;

/**
 * A random id of a lease or a cluster: 63 bits, never 0. Some clients store etcd's ids in signed
 * numbers.
 */
export function randomId(): bigint {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.readBigUInt64BE(used);
  used += idBytes;
  return (id >> 1n) | 1n;
}
