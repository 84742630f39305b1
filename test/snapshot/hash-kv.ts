import type { EtcdClient } from '../support/index.ts';

export interface HashKv {
  readonly header: { readonly revision: number };
  readonly hash: number;
  readonly compact_revision: number;
  readonly hash_revision: number;
}

/** The hash of the keys' history up to a revision; 0: the newest. */
export async function hashKv(client: EtcdClient, revision: number): Promise<HashKv> {
  return (await client.call('etcdserverpb.Maintenance', 'HashKV', { revision })) as HashKv;
}
