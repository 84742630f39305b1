/** Reads single keys of a running server at one revision. */
import { keyBytes } from '../../sql/key-text.ts';
import { KV } from '../../wire/generated/etcdserverpb/kv.ts';
import type { KeyValue } from '../../wire/generated/mvccpb/kv.ts';
import { comparedKey, type Digest, KeyHash } from '../copy/digest.ts';
import { liveKey } from '../copy/digest-etcd.ts';
import type { EtcdKeys } from '../copy/etcd-keys.ts';

/**
 * Keys of a request. A server accepts 128 operations in a transaction, unless its operator has
 * changed this.
 */
const keysPerRequest = 100;

type Source = Pick<EtcdKeys, 'client' | 'revision' | 'isKine'>;

/** The digest of the keys of a list that exist at the revision, in the order of the list. */
export async function digestOfNames(names: readonly string[], source: Source): Promise<Digest> {
  const hash = new KeyHash();
  for (let start = 0; start < names.length; start += keysPerRequest) {
    const keys = names.slice(start, start + keysPerRequest).map(keyBytes);
    for (const pair of await read(keys, source)) hash.add(comparedKey(liveKey(pair), source));
  }
  return hash.digest();
}

/** The existing keys, in the order of the list. kine has no transactions of several reads. */
async function read(keys: readonly Uint8Array[], { client, revision, isKine }: Source): Promise<readonly KeyValue[]> {
  if (isKine) {
    const replies = await Promise.all(keys.map((key) => client.range({ key, revision })));
    return replies.flatMap(({ kvs }) => kvs);
  }
  const { responses } = await client.call(KV.methods.txn, {
    success: keys.map((key) => ({ request: { case: 'requestRange', value: { key, revision } } })),
  });
  return responses.flatMap(({ response }) => (response?.case === 'responseRange' ? response.value.kvs : []));
}
