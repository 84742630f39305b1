import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Member } from '../mvcc/operations.ts';
import type { Store } from '../store/store.ts';
import type { Origin } from '../wire/response-headers.ts';

/** Every reply names a term. There is no election here, so it never changes. 2 is what a fresh etcd of one member has. */
const raftTerm = 2;

/** Who answers: the instances over one database are one cluster, whose id the database keeps. */
export function originOf(config: Config, store: Pick<Store, 'clusterId'>): Origin {
  return {
    get clusterId() {
      return store.clusterId;
    },
    memberId: memberIdOf(config),
    raftTerm,
  };
}

/** This instance, as it tells the others of itself. */
export function memberOf(config: Config): Member {
  return { id: memberIdOf(config), name: config.name, clientUrls: config.advertiseClientUrls };
}

/** Derived from what the configuration says, so that it survives a restart. 63 bits, never 0: clients print ids in hexadecimal, and some keep them in signed numbers. */
function memberIdOf({ name, advertiseClientUrls }: Config): bigint {
  const urls = [...advertiseClientUrls].sort().join(',');
  const digest = createHash('sha256').update(`member ${name} ${urls}`).digest();
  return (digest.readBigUInt64BE() >> 1n) | 1n;
}
