import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Origin } from '../wire/response-headers.ts';

/** Every reply names a term. There is no election here, so it never changes. 2 is what a fresh etcd of one member has. */
const raftTerm = 2;

/** Who answers: ids derived from what the configuration says, so that they survive a restart. */
export function identity({ name, advertiseClientUrls }: Pick<Config, 'name' | 'advertiseClientUrls'>): Origin {
  const urls = [...advertiseClientUrls].sort().join(',');
  return { clusterId: hash64(`cluster ${urls}`), memberId: hash64(`member ${name} ${urls}`), raftTerm };
}

/** 63 bits, never 0: clients print ids in hexadecimal, and some keep them in signed numbers. */
function hash64(text: string): bigint {
  return (createHash('sha256').update(text).digest().readBigUInt64BE() >> 1n) | 1n;
}
