/**
 * The members: the instances that share one database. Each instance renews its row from time to
 * time.
 */

import { DROP_COMMITS_BEFORE } from '../../sql/statements/commit-statements.ts';
import {
  DROP_MEMBER,
  DROP_MEMBERS_BEFORE,
  DROP_SILENT_MEMBER,
  HAS_MEMBER,
  MEMBERS_SINCE,
  SET_LEADER,
  SET_MEMBER,
} from '../../sql/statements/member-statements.ts';
import type { MemberId } from '../ids.ts';
import type { Member } from '../operations.ts';
import { change, insertEach, type Program, row, rows } from '../program.ts';

/**
 * The members that renewed their row since a moment, ordered by id, and the one that was named the
 * leader.
 */
export function* membersSince(
  sinceMs: number,
): Program<{ members: readonly Member[]; namedLeader: MemberId | undefined }> {
  const found = yield* rows(MEMBERS_SINCE, sinceMs);
  const members = found.map(({ id, details }) => ({
    id: BigInt(id),
    ...(JSON.parse(Buffer.from(details).toString()) as Omit<Member, 'id'>),
  }));
  const named = found.find(({ isLeader }) => isLeader === 1);
  return { members, namedLeader: named && BigInt(named.id) };
}

/**
 * Renews the row of this instance. Removes members that did not renew since a moment, and commit
 * slots that were not used since then.
 */
export function* announceMember(request: {
  readonly member: Member;
  readonly nowMs: number;
  /** Undefined: no member is removed this time. */
  readonly forgetBeforeMs: number | undefined;
}): Program<void> {
  const { id, ...details } = request.member;
  yield* insertEach(SET_MEMBER, [{ id, details: Buffer.from(JSON.stringify(details)), seenAtMs: request.nowMs }]);
  if (request.forgetBeforeMs === undefined) return;
  yield* change(DROP_MEMBERS_BEFORE, request.forgetBeforeMs);
  yield* change(DROP_COMMITS_BEFORE, request.forgetBeforeMs);
}

/** Removes a member unless it renewed its row since a moment. */
export function* removeMember({
  id,
  silentSinceMs,
}: {
  readonly id: MemberId;
  readonly silentSinceMs: number;
}): Program<'removed' | 'running' | 'unknown'> {
  if ((yield* change(DROP_SILENT_MEMBER, signed(id), silentSinceMs)) > 0) return 'removed';
  return (yield* row(HAS_MEMBER, signed(id))) === undefined ? 'unknown' : 'running';
}

/** Ids from clients are any 64 bits; columns are signed. */
function signed(id: MemberId): bigint {
  return BigInt.asIntN(64, id);
}

/** Names a leader. The leader has no special work; the name is shown to clients and operators. */
export function* nameLeader(id: MemberId): Program<void> {
  yield* change(SET_LEADER, id);
}

/** Removes the row of this instance at its end. */
export function* dropMember(id: MemberId): Program<void> {
  yield* change(DROP_MEMBER, id);
}
