/** Holds: while there is one, compaction deletes nothing, on whatever instance it runs. Its mark moves all the same. */

import { DROP_HOLD, DROP_PAST_HOLDS, HELD_UNTIL, holdName } from '../../sql/statements/hold-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { change, insertEach, type Program, row } from '../program.ts';

/** A hold from now on, or for longer, in milliseconds since 1970 of the database's clock. It ends by itself when its holder dies. */
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
