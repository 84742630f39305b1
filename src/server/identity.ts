import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Dsn } from '../config/dsn.ts';
import type { Member } from '../mvcc/operations.ts';
import type { Origin } from '../wire/response-headers.ts';

/** Every reply names a term. There is no election here, so it never changes. 2 is what a fresh etcd of one member has. */
const raftTerm = 2;

type Identifying = Pick<Config, 'name' | 'advertiseClientUrls' | 'endpoint'>;

/** The instances over one database are one cluster. */
function databaseName(endpoint: Dsn): string {
  if (endpoint.kind === 'sqlite') return `file ${endpoint.path}`;
  const hosts = endpoint.hosts.map((host) =>
    host.socketPath === undefined ? `${host.host}:${host.port}` : host.socketPath,
  );
  return `${endpoint.kind} ${hosts.sort().join(',')} ${endpoint.database}`;
}

/** Who answers: ids derived from what the configuration says, so that they survive a restart. */
export function identity({ name, advertiseClientUrls, endpoint }: Identifying): Origin {
  const urls = [...advertiseClientUrls].sort().join(',');
  return {
    clusterId: hash64(`cluster ${databaseName(endpoint)}`),
    memberId: hash64(`member ${name} ${urls}`),
    raftTerm,
  };
}

/** This instance, as it tells the others of itself. */
export function memberOf(config: Config): Member {
  return { id: identity(config).memberId, name: config.name, clientUrls: config.advertiseClientUrls };
}

/** 63 bits, never 0: clients print ids in hexadecimal, and some keep them in signed numbers. */
function hash64(text: string): bigint {
  return (createHash('sha256').update(text).digest().readBigUInt64BE() >> 1n) | 1n;
}
