import {
  Lease,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeResponse,
  LeaseTimeToLiveResponse,
} from '../wire/generated/etcdserverpb/lease.ts';
import { answerInOrder } from './answer-in-order.ts';
import { serverLimits } from './server-limits.ts';
import type { ServiceContext } from './service-context.ts';
import type { Message, Method } from './transport.ts';
import { unary } from './unary.ts';

/** What etcd answers as the time left of a lease that does not exist. */
const noLeaseTtl = -1;

/** etcdserverpb.Lease. */
export function leaseService({ store, headers }: ServiceContext): readonly Method[] {
  const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = Lease.methods;
  return [
    unary(leaseGrant, async (request) => {
      const { revision, id, ttlSeconds } = await store.leaseGrant({ id: request.id, ttlSeconds: request.ttl });
      return LeaseGrantResponse.encode({ header: headers.message(revision), id, ttl: ttlSeconds });
    }),
    unary(leaseRevoke, async ({ id }) => {
      const { revision } = await store.leaseRevoke(id);
      return LeaseRevokeResponse.encode({ header: headers.message(revision) });
    }),
    {
      path: leaseKeepAlive.path,
      kind: 'bidirectional',
      handle: (stream) => answerInOrder(stream, { atOnceMax: serverLimits.keepAlivesAtOnceMax, answer: keepAlive }),
    },
    unary(leaseTimeToLive, async ({ id, keys: wantsKeys }) => {
      const { revision, lease, remainingSeconds, keys } = await store.leaseTimeToLive({ id, keys: wantsKeys });
      const header = headers.message(revision);
      if (lease === undefined) return LeaseTimeToLiveResponse.encode({ header, id, ttl: noLeaseTtl });
      const ttl = Math.trunc(remainingSeconds);
      return LeaseTimeToLiveResponse.encode({ header, id, ttl, grantedTtl: lease.ttlSeconds, keys });
    }),
    unary(leaseLeases, async () => {
      const { revision, leases } = await store.leases();
      return LeaseLeasesResponse.encode({ header: headers.message(revision), leases });
    }),
  ];

  async function keepAlive(bytes: Uint8Array): Promise<Message> {
    const { id } = LeaseKeepAliveRequest.decode(bytes);
    const { revision, ttlSeconds } = await store.leaseKeepAlive(id);
    return LeaseKeepAliveResponse.encode({ header: headers.message(revision), id, ttl: ttlSeconds });
  }
}
