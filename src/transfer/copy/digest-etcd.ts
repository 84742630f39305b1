/** Computes the digest of the keys of a running etcd or kine at one revision. */
import { keyText } from '../../sql/key-text.ts';
import type { KeyValue } from '../../wire/generated/mvccpb/kv.ts';
import { comparedKey, type Digest, KeyHash, type LiveKey } from './digest.ts';
import { type EtcdKeys, pagesOf } from './etcd-keys.ts';
import type { Progress } from './progress.ts';

/**
 * The digest of all keys, in key order.
 *
 * @throws RevisionCompacted if the server has compacted the revision.
 */
export async function digestOfEtcd(keys: EtcdKeys, progress: Progress): Promise<Digest> {
  const hash = new KeyHash();
  let count = 0;
  for await (const page of pagesOf(keys, undefined)) {
    for (const pair of page) hash.add(comparedKey(liveKey(pair), keys));
    count += page.length;
    progress.update(`keys of ${keys.client.name} compared`, count, keys.count);
  }
  return hash.digest();
}

export function liveKey({ key, modRevision, createRevision, version, value }: KeyValue): LiveKey {
  return { name: keyText(key), modRevision, createRevision, version, value };
}
