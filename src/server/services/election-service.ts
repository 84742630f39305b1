import { EtcdError, etcdError } from '../../errors.ts';
import type { LeaseId, Revision } from '../../mvcc/ids.ts';
import type { TxnStep } from '../../mvcc/operations.ts';
import type { TxnResult } from '../../mvcc/results.ts';
import type { KeyText } from '../../sql/key-text.ts';
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
import { ownBytes } from '../parsing/parse-write.ts';
import type { Method } from '../transport/grpc/method.ts';
import { ClientKeys } from './concurrency/client-keys.ts';
import { concurrencyMethod } from './concurrency/concurrency-method.ts';
import { type Joined, type LockQueues, putOf } from './concurrency/lock-queues.ts';
import { observeLeader } from './concurrency/observe-leader.ts';
import { queueOf } from './concurrency/queued-key.ts';
import type { ServiceContext } from './service-context.ts';
import { serverStream } from './service-method.ts';

/** v3electionpb.Election. */
export function electionService(context: ServiceContext, hub: WatchHub, queues: LockQueues): readonly Method[] {
  const { headers, config } = context;
  const { campaign, proclaim, leader, observe, resign } = Election.methods;
  return [
    concurrencyMethod(campaign, {
      parse: ({ name, lease, value }) => ({ name: ownBytes(name), lease, value: ownBytes(value) }),
      async answer(request, call, size) {
        checkRequestSize(size, config);
        const { name, value } = request;
        const client = new ClientKeys(context, hub, call);
        const { joined, acquired } = await queues.join(client, request, (joined) => updateValue(client, joined, value));
        // etcd reports a caller as leader although its key is gone. Then two callers would lead.
        if (acquired === undefined) throw etcdError('electionNotLeader');
        return CampaignResponse.encode({
          header: headers.message(joined.revision),
          leader: { name, key: joined.key, rev: joined.queued.createRevision, lease: joined.lease },
        });
      },
    }),
    concurrencyMethod(proclaim, {
      parse: ({ leader, value }) => ({ held: heldKey(leader), value: ownBytes(value) }),
      async answer({ held, value }, call, size) {
        checkRequestSize(size, config);
        const client = new ClientKeys(context, hub, call);
        const lease = held.lease === 0n ? await client.grantLease() : held.lease;
        const { succeeded, revision } = await ifHeld(client, held, [putOf(held.key, value, lease)]);
        if (!succeeded) throw etcdError('electionNotLeader');
        return ProclaimResponse.encode({ header: headers.message(revision) });
      },
    }),
    concurrencyMethod(leader, {
      parse: ({ name }) => queueOf(name),
      async answer(queue, call) {
        const { keyValue, revision } = await new ClientKeys(context, hub, call).oldest(queue);
        if (keyValue === undefined) throw etcdError('electionNoLeader');
        return LeaderResponse.encode({ header: headers.message(revision), kv: keyValue });
      },
    }),
    serverStream(observe, {
      parse: ({ name }) => queueOf(name),
      async answer(queue, stream, call) {
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
    }),
    concurrencyMethod(resign, {
      parse: ({ leader }) => heldKey(leader),
      async answer(held, call) {
        const client = new ClientKeys(context, hub, call);
        const step = { kind: 'delete', keys: { one: held.key }, previous: false } as const;
        const { revision } = await ifHeld(client, held, [step]);
        return ResignResponse.encode({ header: headers.message(revision) });
      },
    }),
  ];
}

/** A key that a campaign created. */
interface HeldKey {
  readonly key: KeyText;
  readonly rev: Revision;
}

function heldKey(leader: LeaderKey | undefined): HeldKey & { readonly lease: LeaseId } {
  if (leader === undefined) throw etcdError('leaderMissing');
  return { key: parseKey(leader.key), rev: leader.rev, lease: leader.lease };
}

/** Runs steps if a key is still the one that a campaign created. */
function ifHeld(client: ClientKeys, { key, rev }: HeldKey, success: readonly TxnStep[]): Promise<TxnResult> {
  const keys = { one: key };
  const compares = [{ keys, result: 'equal', target: 'create', number: rev }] as const;
  return client.txn({ kind: 'txn', compares, success, failure: [] });
}

/** A second campaign with the same lease sets its new value. */
async function updateValue(client: ClientKeys, { existing, queued, lease }: Joined, value: Uint8Array): Promise<void> {
  if (existing === undefined || Buffer.compare(existing.value, value) === 0) return;
  const held = { key: queued.key, rev: queued.createRevision };
  const { succeeded } = await ifHeld(client, held, [putOf(queued.key, value, lease)]);
  if (!succeeded) throw etcdError('electionNotLeader');
}
