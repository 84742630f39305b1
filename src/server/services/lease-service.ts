import type { LeaseId } from '../../mvcc/ids.ts';
import { type KeyText, keyBytes } from '../../sql/key-text.ts';
import {
  Lease,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeResponse,
  LeaseTimeToLiveResponse,
} from '../../wire/generated/etcdserverpb/lease.ts';
import type { Caller } from '../access/caller.ts';
import { authenticatedNeed, leaseNeed } from '../access/needs.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import { serverLimits } from '../server-limits.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';
import { answerInOrder } from './answer-in-order.ts';
import type { ServiceContext } from './service-context.ts';
import { unary } from './service-method.ts';

/** etcd's time to live of a lease that does not exist. */
const noLeaseTtl = -1;

/** etcdserverpb.Lease. */
export function leaseService({ access, store, headers }: ServiceContext): readonly Method[] {
  const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = Lease.methods;
  return [
    unary(leaseGrant, async (request, call) => {
      const { revision, id, ttlSeconds } = await access.write(call, authenticatedNeed, (by) =>
        store.leaseGrant({ id: request.id, ttlSeconds: request.ttl }, by),
      );
      return LeaseGrantResponse.encode({ header: headers.message(revision), id, ttl: ttlSeconds });
    }),
    unary(leaseRevoke, async ({ id }, call) => {
      const { revision } = await access.write(call, leaseNeed(id), (by) => store.leaseRevoke(id, by));
      return LeaseRevokeResponse.encode({ header: headers.message(revision) });
    }),
    {
      path: leaseKeepAlive.path,
      kind: 'bidirectional',
      handle: (stream, call) =>
        answerInOrder(stream, {
          atOnceMax: serverLimits.keepAlivesAtOnceMax,
          parse: (bytes) => decodeRequest(LeaseKeepAliveRequest, bytes).id,
          answer: (id) => keepAlive(id, call),
        }),
    },
    unary(leaseTimeToLive, async ({ id, keys: withKeys }, call) => {
      const { revision, lease, remainingSeconds, keys } = await access.read(
        call,
        authenticatedNeed,
        async ({ caller }) => {
          const found = await store.leaseTimeToLive({ id, keys: withKeys }, call);
          requireReadOfAll(found.keys, caller);
          return found;
        },
      );
      const header = headers.message(revision);
      if (lease === undefined) return LeaseTimeToLiveResponse.encode({ header, id, ttl: noLeaseTtl });
      // As in etcd, a lease less than a second past its deadline has 0 left. A missing one has -1.
      const ttl = Math.trunc(remainingSeconds);
      return LeaseTimeToLiveResponse.encode({
        header,
        id,
        ttl,
        grantedTtl: lease.ttlSeconds,
        keys: keys.map(keyBytes),
      });
    }),
    unary(leaseLeases, async (_request, call) => {
      const { revision, leases } = await access.read(call, authenticatedNeed, async ({ caller }) => {
        const found = await store.leases({ keys: caller?.isAdmin === false }, call);
        requireReadOfAll(found.keys, caller);
        return found;
      });
      return LeaseLeasesResponse.encode({ header: headers.message(revision), leases });
    }),
  ];

  async function keepAlive(id: LeaseId, call: Call): Promise<Message> {
    const { revision, ttlSeconds } = await access.read(call, authenticatedNeed, async ({ caller, isCurrent }) => {
      if (caller?.isAdmin === false) {
        const { keys } = await store.leaseTimeToLive({ id, keys: true }, call);
        for (const key of keys) caller.requireWrite({ one: key });
      }
      return store.leaseKeepAlive(id, isCurrent, call);
    });
    return LeaseKeepAliveResponse.encode({ header: headers.message(revision), id, ttl: ttlSeconds });
  }
}

/** `caller` undefined: auth is off. */
function requireReadOfAll(keys: readonly KeyText[], caller: Caller | undefined): void {
  if (caller === undefined || caller.isAdmin) return;
  for (const key of keys) caller.requireRead({ one: key });
}
