import { etcdError } from '../../errors.ts';
import type { Revision } from '../../mvcc/ids.ts';
import { type Alarm, alarmNumbers } from '../../mvcc/operations.ts';
import type { Store } from '../../store/store.ts';
import {
  AlarmAction,
  type AlarmRequest,
  AlarmResponse,
  DefragmentResponse,
  DowngradeResponse,
  Maintenance,
  MoveLeaderResponse,
  StatusResponse,
} from '../../wire/generated/etcdserverpb/maintenance.ts';
import { checkDowngrade } from '../parsing/check-downgrade.ts';
import { alarmText } from '../replies/alarm-text.ts';
import { minorVersion, storageVersion } from '../replies/versions.ts';
import type { Call, Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { unary } from './service-method.ts';

/** etcdserverpb.Maintenance, as far as it applies to tine. */
export function maintenanceService({ access, store, headers, identity, config }: ServiceContext): readonly Method[] {
  const version = config.emulatedEtcdVersion;
  return [
    unary(Maintenance.methods.status, async (_request, call) => {
      await access.authenticated(call);
      const [{ head, alarms }, size] = await Promise.all([store.alarms(call), store.size(call), store.members(call)]);
      return StatusResponse.encode({
        header: headers.message(head.revision),
        version,
        storageVersion: storageVersion(version),
        dbSize: size.bytes,
        dbSizeInUse: size.inUseBytes,
        dbSizeQuota: config.quotaBackendBytes,
        // Every instance accepts writes. All instances report the same one as the leader.
        leader: store.knownLeader,
        // The table is the log. Its newest row is the last entry, and it is applied.
        raftIndex: head.id,
        raftAppliedIndex: head.id,
        raftTerm: identity.raftTerm,
        errors: alarms.map(alarmText),
        downgradeInfo: {},
      });
    }),
    unary(Maintenance.methods.alarm, async (request, call) => {
      await (request.action === AlarmAction.GET ? access.authenticated(call) : access.admin(call));
      const { revision, alarms } = await runAlarmRequest(request, { store, call });
      const found = alarms.map(({ memberId, number }) => ({ memberId, alarm: number }));
      return AlarmResponse.encode({ header: headers.message(revision), alarms: found });
    }),
    unary(Maintenance.methods.defragment, async (_request, call) => {
      await access.admin(call);
      await store.defragment();
      // etcd's reply has no header.
      return DefragmentResponse.encode({});
    }),
    unary(Maintenance.methods.moveLeader, async ({ targetId }, call) => {
      await access.admin(call);
      const members = await store.members(call);
      if (store.knownLeader !== identity.memberId) throw etcdError('notLeader');
      if (!members.some(({ id }) => id === targetId)) throw etcdError('badLeaderTransferee');
      await store.nameLeader(targetId, call);
      // This reply has none either.
      return MoveLeaderResponse.encode({});
    }),
    unary(Maintenance.methods.downgrade, async (request, call) => {
      await access.admin(call);
      checkDowngrade(request, version);
      const { revision } = await store.head(call);
      return DowngradeResponse.encode({ header: headers.message(revision), version: minorVersion(version) });
    }),
  ];
}

/**
 * Runs the request and returns the alarms that etcd returns: the requested ones, the activated one,
 * or the deactivated one.
 */
async function runAlarmRequest(
  { action, memberId, alarm: number }: AlarmRequest,
  { store, call }: { readonly store: Store; readonly call: Call },
): Promise<{ revision: Revision; alarms: readonly Alarm[] }> {
  const alarm: Alarm = { memberId, number };
  switch (action) {
    case AlarmAction.GET: {
      const { head, alarms } = await store.alarms(call);
      const isRequested = (each: Alarm) => number === alarmNumbers.none || each.number === number;
      return { revision: head.revision, alarms: alarms.filter(isRequested) };
    }
    case AlarmAction.ACTIVATE: {
      if (number === alarmNumbers.none) return { revision: (await store.head(call)).revision, alarms: [] };
      const { revision } = await store.raiseAlarm(alarm, call);
      return { revision, alarms: [alarm] };
    }
    case AlarmAction.DEACTIVATE: {
      const { revision, dropped } = await store.dropAlarm(alarm, call);
      return { revision, alarms: dropped ? [alarm] : [] };
    }
    default:
      throw etcdError('unknownMethod');
  }
}
