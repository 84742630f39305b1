import { EtcdError, StatusCode } from '../errors.ts';
import { AlarmAction, AlarmResponse, Maintenance, StatusResponse } from '../wire/generated/etcdserverpb/maintenance.ts';
import type { ServiceContext } from './service-context.ts';
import type { Method } from './transport.ts';
import { unary } from './unary.ts';
import { storageVersion } from './versions.ts';

/** etcdserverpb.Maintenance, as far as it has a meaning here. */
export function maintenanceService({ store, headers, origin, config }: ServiceContext): readonly Method[] {
  const version = config.emulatedEtcdVersion;
  return [
    unary(Maintenance.methods.status, async () => {
      const [head, size] = await Promise.all([store.head(), store.size()]);
      return StatusResponse.encode({
        header: headers.message(head.revision),
        version,
        storageVersion: storageVersion(version),
        dbSize: size.bytes,
        dbSizeInUse: size.inUseBytes,
        // Every instance takes writes; one is named, and the same by all.
        leader: store.knownMembers[0]?.id ?? origin.memberId,
        // The log is the table: its newest row is both its end and what was applied.
        raftIndex: head.id,
        raftAppliedIndex: head.id,
        raftTerm: origin.raftTerm,
        downgradeInfo: {},
      });
    }),
    unary(Maintenance.methods.alarm, async ({ action }) => {
      if (action === AlarmAction.ACTIVATE) {
        throw new EtcdError(StatusCode.unimplemented, 'etcdserver: alarms cannot be raised');
      }
      // There is none to list, and none to end.
      return AlarmResponse.encode({ header: headers.message((await store.head()).revision) });
    }),
  ];
}
