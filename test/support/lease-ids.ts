import type { EtcdClient } from './client.ts';

/**
 * The ids of all leases, in order. LeaseLeases lists leases by the time at which they end, which
 * two servers may round differently.
 */
export async function leaseIds(client: EtcdClient): Promise<readonly bigint[]> {
  const { leases } = await client.leaseLeases({});
  return leases.map(({ ID }) => BigInt(ID)).sort((one, another) => (one < another ? -1 : Number(one > another)));
}
