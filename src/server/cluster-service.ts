import { Cluster, MemberListResponse } from '../wire/generated/etcdserverpb/cluster.ts';
import type { ServiceContext } from './service-context.ts';
import type { Method } from './transport.ts';
import { unary } from './unary.ts';

/** etcdserverpb.Cluster: the members are the instances over the database. */
export function clusterService({ access, store, headers }: ServiceContext): readonly Method[] {
  return [
    unary(Cluster.methods.memberList, async ({ linearizable }, call) => {
      await access.known(call);
      const members = linearizable ? await store.members() : store.knownMembers;
      // The header of etcd's reply has no revision.
      return MemberListResponse.encode({ header: headers.message(), members });
    }),
  ];
}
