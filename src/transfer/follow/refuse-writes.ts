/** Makes a source refuse writes at the end of a copy. */

import { KV } from '../../wire/generated/etcdserverpb/kv.ts';
import { AlarmAction, AlarmType, Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import type { EtcdClient } from '../copy/etcd-client.ts';

/**
 * Activates alarm CORRUPT, under which etcd and tine refuse every write and still answer reads. It
 * is a write itself: each member refuses all writes after it, and the source stays at its revision.
 * Alarm NOSPACE would still allow deletes, and leases would end. `etcdctl alarm disarm` undoes it.
 */
export async function refuseWrites(source: EtcdClient): Promise<void> {
  const { header } = await source.call(KV.methods.range, { key: Buffer.from('/') });
  await source.call(Maintenance.methods.alarm, {
    action: AlarmAction.ACTIVATE,
    memberId: header?.memberId ?? 0n,
    alarm: AlarmType.CORRUPT,
  });
}
