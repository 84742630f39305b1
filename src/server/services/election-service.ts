import { EtcdError, etcdError } from '../../errors.ts';
import type { TxnStep } from '../../mvcc/operations.ts';
import type { TxnResult } from '../../mvcc/results.ts';
import type { WatchHub } from '../../watch/hub.ts';
import {
  CampaignResponse,
  Election,
  type LeaderKey,
  LeaderResponse,
  ProclaimResponse,
  ResignResponse,
} from '../../wire/generated/v3electionpb/v3election.ts';
import { checkRequestSize } from '../parsing/check-request-size.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import { parseKey } from '../parsing/parse-keys.ts';
import type { Method } from '../transport/grpc/method.ts';
import { ClientKeys } from './concurrency/client-keys.ts';
import { concurrencyMethod } from './concurrency/concurrency-method.ts';
import { type Joined, type LockQueues, putOf } from './concurrency/lock-queues.ts';
import { observeLeader } from './concurrency/observe-leader.ts';
import { queueOf } from './concurrency/queued-key.ts';
import type { ServiceContext } from './service-context.ts';

/** v3electionpb.Election. */
export function electionService(context: ServiceContext, hub: WatchHub, queues: LockQueues): readonly Method[] {
  const { headers, config } = context;
  const { campaign, proclaim, leader, observe, resign } = Election.methods;
  return [
    concurrencyMethod(campaign, async ({ name, lease, value }, call, bytes) => {
      checkRequestSize(bytes, config);
      const client = new ClientKeys(context, hub, call);
      const request = { name, lease, value };
      const { joined, acquired } = await queues.join(client, request, (joined) => updateValue(client, joined, value));
      // etcd reports a caller as leader although its key is gone. Then two callers would lead.
      if (acquired === undefined) throw etcdError('electionNotLeader');
      return CampaignResponse.encode({
        header: headers.message(joined.revision),
        leader: { name, key: joined.key, rev: joined.queued.createRevision, lease: joined.lease },
      });
    }),
    concurrencyMethod(proclaim, async ({ leader: held, value }, call, bytes) => {
      if (held === undefined) throw etcdError('leaderMissing');
      checkRequestSize(bytes, config);
      const client = new ClientKeys(context, hub, call);
      const lease = held.lease === 0n ? await client.grantLease() : held.lease;
      const { succeeded, revision } = await ifHeld(client, held, [putOf(parseKey(held.key), value, lease)]);
      if (!succeeded) throw etcdError('electionNotLeader');
      return ProclaimResponse.encode({ header: headers.message(revision) });
    }),
    concurrencyMethod(leader, async ({ name }, call) => {
      const { keyValue, revision } = await new ClientKeys(context, hub, call).oldest(queueOf(name));
      if (keyValue === undefined) throw etcdError('electionNoLeader');
      return LeaderResponse.encode({ header: headers.message(revision), kv: keyValue });
    }),
    {
      path: observe.path,
      kind: 'serverStream',
      async handle(bytes, stream, call) {
        const queue = queueOf(decodeRequest(observe.request, bytes).name);
        try {
          for await (const { keyValue, revision } of observeLeader(new ClientKeys(context, hub, call), queue)) {
            const message = LeaderResponse.encode({ header: headers.message(revision), kv: keyValue });
            if (!stream.send([message])) await stream.drained();
          }
        } catch (error) {
          // As in etcd, an observation that may not continue ends without an error.
          if (!(error instanceof EtcdError)) throw error;
        }
      },
    },
    concurrencyMethod(resign, async ({ leader: held }, call) => {
      if (held === undefined) throw etcdError('leaderMissing');
      const keys = { one: parseKey(held.key) };
      const client = new ClientKeys(context, hub, call);
      const { revision } = await ifHeld(client, held, [{ kind: 'delete', keys, previous: false }]);
      return ResignResponse.encode({ header: headers.message(revision) });
    }),
  ];
}

/** Runs steps if a key is still the one that a campaign created. */
function ifHeld(
  client: ClientKeys,
  { key, rev }: Pick<LeaderKey, 'key' | 'rev'>,
  success: readonly TxnStep[],
): Promise<TxnResult> {
  const keys = { one: parseKey(key) };
  const compares = [{ keys, result: 'equal', target: 'create', number: rev }] as const;
  return client.txn({ kind: 'txn', compares, success, failure: [] });
}

/** A second campaign with the same lease sets its new value. */
async function updateValue(
  client: ClientKeys,
  { existing, queued, key, lease }: Joined,
  value: Uint8Array,
): Promise<void> {
  if (existing === undefined || Buffer.compare(existing.value, value) === 0) return;
  const held = { key, rev: queued.createRevision };
  const { succeeded } = await ifHeld(client, held, [putOf(queued.key, value, lease)]);
  if (!succeeded) throw etcdError('electionNotLeader');
}
