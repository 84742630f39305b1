import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Member } from '../mvcc/operations.ts';
import type { Store } from '../store/store.ts';
import type { Identity } from '../wire/response-headers.ts';

/**
 * Every reply contains a term. There are no elections here, so it never changes. A new etcd with
 * one member has 2.
 */
const raftTerm = 2;

/**
 * The identity that every reply contains. The instances on one database are one cluster, whose id
 * is stored in the database.
 */
export function identityOf(config: Config, store: Pick<Store, 'clusterId'>): Identity {
  return {
    get clusterId() {
      return store.clusterId;
    },
    memberId: memberIdOf(config),
    raftTerm,
  };
}

/** This instance, as other instances see it. */
export function memberOf(config: Config): Member {
  return { id: memberIdOf(config), name: config.name, clientUrls: config.advertiseClientUrls };
}

/**
 * Derived from the configuration, so that it survives a restart. It has 63 bits and is never 0:
 * clients print ids in hexadecimal, and some store them in signed numbers.
 */
function memberIdOf({ name, advertiseClientUrls }: Config): bigint {
  const urls = [...advertiseClientUrls].sort().join(',');
  const digest = createHash('sha256').update(`member ${name} ${urls}`).digest();
  return (digest.readBigUInt64BE() >> 1n) | 1n;
}
