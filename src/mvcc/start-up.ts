/** What an instance does to the database before it serves it, and learns of it. */
import { CLUSTER_ID, INSERT_CLUSTER_ID } from '../sql/cluster-statements.ts';
import { change, type Program, row } from './program.ts';
import { type TakeOver, takeOver } from './take-over.ts';

export interface StartUp {
  readonly taken: TakeOver;
  /** The id by which clients know the database: the same from every instance, however each names the database. */
  readonly clusterId: bigint;
}

/**
 * Runs under the revision lock, once at each start.
 *
 * @param freshClusterId what a database without an id gets for good
 * @throws StartError when the database is half of a copy.
 */
export function* startUp(request: { readonly nowMs: number; readonly freshClusterId: bigint }): Program<StartUp> {
  const taken = yield* takeOver(request.nowMs);
  return { taken, clusterId: yield* clusterId(request.freshClusterId) };
}

function* clusterId(fresh: bigint): Program<bigint> {
  const known = yield* row(CLUSTER_ID);
  if (known !== undefined) return BigInt(known[0] as string);
  yield* change(INSERT_CLUSTER_ID, fresh);
  return fresh;
}
