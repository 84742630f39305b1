import assert from 'node:assert/strict';
import { type EtcdClient, failureOf, sleep, waitFor } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

/** The shortest lease etcd grants. */
const ttlSeconds = 2;

/**
 * Leases are granted, renewed and end on time; compaction deletes rows; the instance is listed.
 * Takes about three seconds.
 */
export async function assertEverythingWorks(client: EtcdClient): Promise<void> {
  await Promise.all([
    assertLeasesEnd(client),
    assertLeasesAreKept(client),
    assertCompacts(client),
    assertIsListed(client),
  ]);
}

async function assertLeasesEnd(client: EtcdClient): Promise<void> {
  const askedMs = Date.now();
  const { ID } = await client.leaseGrant({ TTL: ttlSeconds });
  const grantedMs = Date.now();
  await client.put({ key: 'works/leased', lease: ID });
  await waitFor('the lease to end', async () => (await client.range({ key: 'works/leased' })).kvs.length === 0, {
    timeoutMs: 8_000,
    intervalMs: 50,
  });
  const endedMs = Date.now();
  assert.ok(endedMs - askedMs > ttlSeconds * 1000, `a lease of ${ttlSeconds} s lasted ${endedMs - askedMs} ms`);
  const lateMs = endedMs - grantedMs - ttlSeconds * 1000;
  assert.ok(lateMs < onThisMachine(2_000), `it ended ${lateMs} ms late`);
}

async function assertLeasesAreKept(client: EtcdClient): Promise<void> {
  const { ID } = await client.leaseGrant({ TTL: ttlSeconds });
  await client.put({ key: 'works/kept', lease: ID });
  const stream = client.keepAlive();
  for (let elapsedMs = 0; elapsedMs < 2_500; elapsedMs += 500) {
    assert.equal((await stream.renew(ID)).TTL, ttlSeconds);
    await sleep(500);
  }
  stream.close();
  assert.equal((await client.range({ key: 'works/kept' })).kvs.length, 1);
  await client.leaseRevoke({ ID });
}

async function assertCompacts(client: EtcdClient): Promise<void> {
  const { header } = await client.put({ key: 'works/compacted', value: '1' });
  const { revision } = (await client.put({ key: 'works/compacted', value: '2' })).header;
  await client.compact({ revision, physical: true });
  assert.equal(
    (await failureOf(client.range({ key: 'works/compacted', revision: header.revision }))).code,
    'OUT_OF_RANGE',
  );
}

async function assertIsListed(client: EtcdClient): Promise<void> {
  const { members } = await client.memberList({ linearizable: true });
  assert.equal(members.length, 1);
}
