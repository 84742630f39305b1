/** What an instance does to the database before it serves it, and learns of it. */
import { CLUSTER_ID, INSERT_CLUSTER_ID } from '../../sql/statements/cluster-statements.ts';
import { type ClockStart, startClock } from '../leases/lease-clock.ts';
import { change, type Program, row } from '../program.ts';
import { type TakeOver, takeOver } from './take-over.ts';

export interface StartUp {
  readonly taken: TakeOver;
  /** The id by which clients know the database: the same from every instance, however each names the database. */
  readonly clusterId: bigint;
  /** The time of the lease clock. */
  readonly leaseNowMs: number;
}

/**
 * Runs under the revision lock, once at each start.
 *
 * @param freshClusterId what a database without an id gets for good
 * @throws StartError when the database is half of a copy.
 */
export function* startUp(request: { readonly clock: ClockStart; readonly freshClusterId: bigint }): Program<StartUp> {
  const leaseNowMs = yield* startClock(request.clock);
  const taken = yield* takeOver(leaseNowMs);
  return { taken, clusterId: yield* clusterId(request.freshClusterId), leaseNowMs };
}

function* clusterId(fresh: bigint): Program<bigint> {
  const known = yield* row(CLUSTER_ID);
  if (known !== undefined) return BigInt(known);
  yield* change(INSERT_CLUSTER_ID, fresh);
  return fresh;
}
