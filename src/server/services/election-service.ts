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
import { parseKey } from '../parsing/parse-keys.ts';
import type { Method } from '../transport/grpc/method.ts';
import { ClientKeys } from './concurrency/client-keys.ts';
import { concurrencyMethod } from './concurrency/concurrency-method.ts';
import { lineOf } from './concurrency/line.ts';
import { observeLeader } from './concurrency/observe-leader.ts';
import { putOf, type Queues, type Taken } from './concurrency/queues.ts';
import type { ServiceContext } from './service-context.ts';

/** v3electionpb.Election. */
export function electionService(context: ServiceContext, hub: WatchHub, queues: Queues): readonly Method[] {
  const { headers, config } = context;
  const { campaign, proclaim, leader, observe, resign } = Election.methods;
  return [
    concurrencyMethod(campaign, async ({ name, lease, value }, call, bytes) => {
      checkRequestSize(bytes, config);
      const client = new ClientKeys(context, hub, call);
      const wanted = { name, lease, value };
      const { taken, turn } = await queues.standInLine(client, wanted, (mine) => bringValue(client, mine, value));
      // etcd calls leader whose key is gone: two would lead.
      if (turn === undefined) throw etcdError('electionNotLeader');
      return CampaignResponse.encode({
        header: headers.message(taken.revision),
        leader: { name, key: taken.key, rev: taken.place.createRevision, lease: taken.lease },
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
      const { keyValue, revision } = await new ClientKeys(context, hub, call).oldest(lineOf(name));
      if (keyValue === undefined) throw etcdError('electionNoLeader');
      return LeaderResponse.encode({ header: headers.message(revision), kv: keyValue });
    }),
    {
      path: observe.path,
      kind: 'serverStream',
      async handle(bytes, stream, call) {
        const line = lineOf(observe.request.decode(bytes).name);
        try {
          for await (const { keyValue, revision } of observeLeader(new ClientKeys(context, hub, call), line)) {
            const message = LeaderResponse.encode({ header: headers.message(revision), kv: keyValue });
            if (!stream.send([message])) await stream.drained();
          }
        } catch (error) {
          // As in etcd an observation that may not go on ends, without a word.
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

/** Does something if a key is still the one that a campaign made. */
function ifHeld(
  client: ClientKeys,
  { key, rev }: Pick<LeaderKey, 'key' | 'rev'>,
  success: readonly TxnStep[],
): Promise<TxnResult> {
  const keys = { one: parseKey(key) };
  const compares = [{ keys, result: 'equal', target: 'create', number: rev }] as const;
  return client.txn({ kind: 'txn', compares, success, failure: [] });
}

/** A lease that campaigns again brings its new value with it. */
async function bringValue(
  client: ClientKeys,
  { existing, place, key, lease }: Taken,
  value: Uint8Array,
): Promise<void> {
  if (existing === undefined || Buffer.compare(existing.value, value) === 0) return;
  const held = { key, rev: place.createRevision };
  const { succeeded } = await ifHeld(client, held, [putOf(place.key, value, lease)]);
  if (!succeeded) throw etcdError('electionNotLeader');
}
