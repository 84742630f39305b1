/** Holds. While a hold exists, compaction deletes no rows on any instance. The mark still moves. */

import { DROP_HOLD, DROP_PAST_HOLDS, HELD_UNTIL, holdName } from '../../sql/statements/hold-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { change, insertEach, type Program, row } from '../program.ts';

/**
 * A new hold, or the extension of one. Times are milliseconds since 1970 of the database's clock. A
 * hold expires, so that it ends if its holder crashes.
 */
export interface Hold {
  readonly holder: string;
  readonly nowMs: number;
  readonly untilMs: number;
}

export function* holdCompaction({ holder, nowMs, untilMs }: Hold): Program<void> {
  yield* change(DROP_PAST_HOLDS, nowMs);
  yield* insertEach(SET_STATE, [{ name: holdName(holder), value: untilMs }]);
}

export function* releaseCompaction(holder: string): Program<void> {
  yield* change(DROP_HOLD, holdName(holder));
}

export function* isCompactionHeld(nowMs: number): Program<boolean> {
  const untilMs = yield* row(HELD_UNTIL);
  return (untilMs ?? 0) > nowMs;
}
