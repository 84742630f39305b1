/** The work of an instance on the database before it serves, and its result. */
import { limits } from '../../limits.ts';
import { CLUSTER_ID, INSERT_CLUSTER_ID } from '../../sql/statements/cluster-statements.ts';
import { membersSince } from '../cluster/members.ts';
import type { MemberId } from '../ids.ts';
import { type ClockStart, startClock } from '../leases/lease-clock.ts';
import { restartTtls } from '../leases/restart-ttls.ts';
import { change, type Program, row } from '../program.ts';
import { type ReportTakeOver, type TakeOver, takeOver } from './take-over.ts';

export interface StartUp {
  readonly taken: TakeOver;
  /**
   * The cluster id that clients see. It is the same on every instance, whatever database address
   * the instance uses.
   */
  readonly clusterId: bigint;
  /** The time of the lease clock. */
  readonly leaseNowMs: number;
}

export interface StartUpRequest {
  /** The instance that starts. */
  readonly self: MemberId;
  readonly clock: ClockStart;
  readonly freshClusterId: bigint;
  readonly onTakeOver: ReportTakeOver;
}

/**
 * Prepares the database. Runs under the revision lock, once at each start.
 *
 * @param freshClusterId the permanent id for a database that has none
 * @throws StartError if the database is an unfinished copy.
 */
export function* startUp(request: StartUpRequest): Program<StartUp> {
  const leaseNowMs = yield* startClock(request.clock);
  const taken = yield* takeOver(leaseNowMs, request.onTakeOver);
  yield* restartTtls({ leaseNowMs, othersRun: yield* othersRun(request, leaseNowMs) });
  return { taken, clusterId: yield* clusterId(request.freshClusterId), leaseNowMs };
}

/** Whether another instance was running a moment ago. */
function* othersRun({ clock, self }: StartUpRequest, leaseNowMs: number): Program<boolean> {
  const memberNowMs = clock.kind === 'shared' ? clock.nowMs : leaseNowMs;
  const { members } = yield* membersSince(memberNowMs - limits.memberRunsMsMax);
  return members.some(({ id }) => id !== self);
}

function* clusterId(fresh: bigint): Program<bigint> {
  const known = yield* row(CLUSTER_ID);
  if (known !== undefined) return BigInt(known);
  yield* change(INSERT_CLUSTER_ID, fresh);
  return fresh;
}
