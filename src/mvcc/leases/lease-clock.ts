/** The lease clock in the database (docs/adr/012-lease-time.md). */

import {
  bootIdName,
  clockOffsetName,
  LEASE_CLOCK,
  leaseClockName,
  MACHINE_CLOCK,
} from '../../sql/statements/clock-statements.ts';
import { DROP_PAST_HOLDS } from '../../sql/statements/hold-statements.ts';
import { DROP_MEMBERS_BEFORE } from '../../sql/statements/member-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { change, insertEach, type Program, row } from '../program.ts';
import type { WriteState } from '../writes/write-state.ts';

/** The clock readings of an instance at its start. */
export type ClockStart =
  /** Instances on several machines. A store without a lease clock begins at `nowMs`. */
  | { readonly kind: 'shared'; readonly nowMs: number }
  /** All instances on one machine. Whole milliseconds. */
  | { readonly kind: 'machine'; readonly bootId: number; readonly monotonicMs: number; readonly wallMs: number };

/** The time of the lease clock at a start, in ms. The caller holds the revision lock. */
export function* startClock(start: ClockStart): Program<number> {
  return start.kind === 'shared' ? yield* startShared(start.nowMs) : yield* startOnMachine(start);
}

function* startShared(nowMs: number): Program<number> {
  const storedMs = yield* leaseClock();
  if (storedMs !== undefined) return storedMs;
  yield* insertEach(SET_STATE, [{ name: leaseClockName, value: nowMs }]);
  return nowMs;
}

function* startOnMachine({ bootId, monotonicMs, wallMs }: ClockStart & { kind: 'machine' }): Program<number> {
  const known = yield* row(MACHINE_CLOCK);
  if (known?.bootId === bootId && known.offsetMs !== null) return monotonicMs + known.offsetMs;
  // The machine was restarted. No process from before is left. Their times may be in the future, if
  // the clock was set back.
  yield* change(DROP_MEMBERS_BEFORE, Number.MAX_SAFE_INTEGER);
  yield* change(DROP_PAST_HOLDS, Number.MAX_SAFE_INTEGER);
  yield* insertEach(SET_STATE, [
    { name: bootIdName, value: bootId },
    { name: clockOffsetName, value: wallMs - monotonicMs },
  ]);
  return wallMs;
}

/** The stored time; undefined: the database contains none. */
export function* leaseClock(): Program<number | undefined> {
  return (yield* row(LEASE_CLOCK)) ?? undefined;
}

/** Advances the stored time to the time of an instance. Returns the stored time. */
export function* tickLeaseClock(nowMs: number, state: WriteState): Program<number> {
  const storedMs = Math.max(nowMs, state.leaseClockMs);
  yield* insertEach(SET_STATE, [{ name: leaseClockName, value: storedMs }]);
  state.leaseClockMs = storedMs;
  return storedMs;
}
