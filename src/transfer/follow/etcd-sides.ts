/** The checks before a copy into a running etcd. */
import { StartError } from '../../errors.ts';
import { RevisionCompacted } from '../copy/etcd-client.ts';
import { type EtcdKeys, findKeys } from '../copy/etcd-keys.ts';
import type { EtcdSides } from './etcd-target.ts';

export const snapshotAdvice =
  'save a snapshot of the source (`tine snapshot save FILE --endpoint URL`), restore it (`etcdutl snapshot restore FILE`), start etcd on it, and follow at once';

/**
 * Checks that the target has what the source had at the revision of the target. Returns the keys of
 * the source.
 *
 * @throws StartError if the source cannot continue there.
 */
export async function beginCopyIntoEtcd({ source, client }: Pick<EtcdSides, 'source' | 'client'>): Promise<EtcdKeys> {
  if (source.name === client.name)
    throw new StartError(`${source.name}: cannot copy a server into itself; give another target`);
  const target = await findKeys(client, { scope: 'watched' });
  const newest = await findKeys(source, { scope: 'watched' });
  if (newest.isKine || target.isKine) {
    const kine = newest.isKine ? source : client;
    throw new StartError(
      `${kine.name} is a kine, which cannot be copied into or out of an etcd; use a database of tine`,
    );
  }
  if (newest.revision < target.revision) {
    throw new StartError(
      `${client.name}: it is at revision ${target.revision}, and the source is at ${newest.revision}: it does not come from this source; ${snapshotAdvice}`,
    );
  }
  const then = await keysThen({ source, client }, target.revision);
  if (then.count === target.count) return newest;
  throw new StartError(
    `${client.name}: it has ${target.count} keys at revision ${target.revision}, and the source had ${then.count}: it does not come from this source; ${snapshotAdvice}`,
  );
}

async function keysThen({ source, client }: Pick<EtcdSides, 'source' | 'client'>, revision: number): Promise<EtcdKeys> {
  try {
    return await findKeys(source, { revision, scope: 'watched' });
  } catch (error) {
    if (!(error instanceof RevisionCompacted)) throw error;
    throw new StartError(
      `${client.name}: it is at revision ${revision}, and the source has compacted the revisions after it; ${snapshotAdvice}`,
      { cause: error },
    );
  }
}
