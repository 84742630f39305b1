/**
 * A history drawn from a seed, written to several servers step by step: all of them then have the
 * same revisions.
 */
import assert from 'node:assert/strict';
import { Random } from '../parity/random.ts';
import type { EtcdClient } from '../support/index.ts';

const leaseIds = [1n, 77n, 2n ** 62n + 5n];

/**
 * Writes puts, deletes of keys and ranges, transactions of several keys, leases and compactions.
 * Returns the head afterwards.
 */
export async function writeRandomHistory(
  clients: readonly EtcdClient[],
  { seed, stepCount, leases }: { readonly seed: number; readonly stepCount: number; readonly leases: boolean },
): Promise<number> {
  const random = new Random(seed);
  if (leases) for (const id of leaseIds) await onEach(clients, (client) => client.leaseGrant({ ID: id, TTL: 600 }));
  let head = (await clients[0]?.range({ key: '/' }))?.header.revision ?? 1;
  for (let step = 0; step < stepCount; step += 1) head = await writeStep(clients, random, head);
  return head;
}

async function writeStep(clients: readonly EtcdClient[], random: Random, head: number): Promise<number> {
  const key = () =>
    random.pick(['/a', '/a/b', '/b', '/registry/pods/default/one', '\u0000\u0001', 'é', 'compact_rev_key']);
  const value = () => 'x'.repeat(random.pick([0, 1, 20, 20, 300, 6_000]));
  const lease = () => (random.chance(20) ? random.pick(leaseIds) : 0n);
  const kind = random.weighted([
    [50, 'put'],
    [12, 'delete'],
    [5, 'deleteRange'],
    [20, 'txn'],
    [4, 'compact'],
  ] as const);
  switch (kind) {
    case 'put': {
      const request = { key: key(), value: value(), lease: lease() };
      return revisionOf(await onEach(clients, (client) => client.put(request)));
    }
    case 'delete': {
      const request = { key: key() };
      return revisionOf(await onEach(clients, (client) => client.deleteRange(request)));
    }
    case 'deleteRange': {
      const request = { key: '/a', range_end: '/b' };
      return revisionOf(await onEach(clients, (client) => client.deleteRange(request)));
    }
    case 'txn': {
      const keys = [...new Set([key(), key(), key(), key()])];
      const success = keys.map((name) =>
        random.chance(25)
          ? { request_delete_range: { key: name } }
          : { request_put: { key: name, value: value(), lease: lease() } },
      );
      return revisionOf(await onEach(clients, (client) => client.txn({ success })));
    }
    default: {
      const revision = random.between(1, head);
      await onEach(clients, (client) => client.compact({ revision, physical: true }).catch(() => {}));
      return head;
    }
  }
}

async function onEach<Reply>(
  clients: readonly EtcdClient[],
  call: (client: EtcdClient) => Promise<Reply>,
): Promise<readonly Reply[]> {
  return Promise.all(clients.map(call));
}

function revisionOf(replies: readonly { readonly header: { readonly revision: number } }[]): number {
  const revisions = replies.map(({ header }) => header.revision);
  assert.equal(new Set(revisions).size, 1, `one history has one revision: ${revisions}`);
  return revisions[0] as number;
}
