import { Cluster, MemberListResponse } from '../wire/generated/etcdserverpb/cluster.ts';
import type { ServiceContext } from './service-context.ts';
import type { Method } from './transport.ts';
import { unary } from './unary.ts';

/** etcdserverpb.Cluster: one member, this one. */
export function clusterService({ store, headers, origin, config }: ServiceContext): readonly Method[] {
  const members = [{ id: origin.memberId, name: config.name, clientUrls: config.advertiseClientUrls }];
  return [
    unary(Cluster.methods.memberList, async ({ linearizable }) => {
      // The reply says nothing of the database; asked for a linearizable one, a client wants to know that it is there.
      if (linearizable) await store.head();
      // The header of etcd's reply has no revision.
      return MemberListResponse.encode({ header: headers.message(), members });
    }),
  ];
}
