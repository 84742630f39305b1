/** The instances over one database: each says from time to time that it is there. */
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
import type { Member, MemberId } from '../operations.ts';
import { change, insertEach, type Program, row, rows } from '../program.ts';

/** Those heard of since a moment, by id, and which of them was named the leader, if any. */
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

/** This one is there; who was not heard of since a moment is forgotten, and what it left. */
export function* announceMember(request: {
  readonly member: Member;
  readonly nowMs: number;
  /** Undefined: nobody is forgotten this time. */
  readonly forgetBeforeMs: number | undefined;
}): Program<void> {
  const { id, ...details } = request.member;
  yield* insertEach(SET_MEMBER, [{ id, details: Buffer.from(JSON.stringify(details)), seenAtMs: request.nowMs }]);
  if (request.forgetBeforeMs === undefined) return;
  yield* change(DROP_MEMBERS_BEFORE, request.forgetBeforeMs);
  yield* change(DROP_COMMITS_BEFORE, request.forgetBeforeMs);
}

/** One is forgotten unless it was heard of since a moment. */
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

/** Clients may name any 64 bits; columns are signed. */
function signed(id: MemberId): bigint {
  return BigInt.asIntN(64, id);
}

/** Names a leader. It has nothing to do: clients and people are told of it. */
export function* nameLeader(id: MemberId): Program<void> {
  yield* change(SET_LEADER, id);
}

/** This one ends. */
export function* dropMember(id: MemberId): Program<void> {
  yield* change(DROP_MEMBER, id);
}
