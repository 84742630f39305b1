/** Reads single keys of a running server at one revision. */
import { keyBytes } from '../../sql/key-text.ts';
import { comparedKey, type Digest, KeyHash } from '../copy/digest.ts';
import { liveKey } from '../copy/digest-etcd.ts';
import type { EtcdKeys } from '../copy/etcd-keys.ts';

/** Requests under way at a time. */
const requestsMax = 64;

/** The digest of the keys of a list that exist at the revision, in the order of the list. */
export async function digestOfNames(
  names: readonly string[],
  { client, revision, isKine }: Pick<EtcdKeys, 'client' | 'revision' | 'isKine'>,
): Promise<Digest> {
  const hash = new KeyHash();
  for (let start = 0; start < names.length; start += requestsMax) {
    const some = names.slice(start, start + requestsMax);
    const replies = await Promise.all(some.map((name) => client.range({ key: keyBytes(name), revision })));
    for (const { kvs } of replies) for (const pair of kvs) hash.add(comparedKey(liveKey(pair), { isKine }));
  }
  return hash.digest();
}
