/** The instances over one database: each says from time to time that it is there. */
import { DROP_COMMITS_BEFORE } from '../sql/commit-statements.ts';
import { DROP_MEMBER, DROP_MEMBERS_BEFORE, MEMBERS_SINCE, SET_MEMBER } from '../sql/member-statements.ts';
import type { Member, MemberId } from './operations.ts';
import { change, changeEach, type Program, rows } from './program.ts';

/** Those heard of since a moment, by id. */
export function* membersSince(sinceMs: number): Program<readonly Member[]> {
  return (yield* rows(MEMBERS_SINCE, sinceMs)).map(([id, details]) => ({
    id: BigInt(id as string),
    ...(JSON.parse(Buffer.from(details as Uint8Array).toString()) as Omit<Member, 'id'>),
  }));
}

/** This one is there; who was not heard of since a moment is forgotten, and what it left. */
export function* announceMember(request: {
  readonly member: Member;
  readonly nowMs: number;
  /** Undefined: nobody is forgotten this time. */
  readonly forgetBeforeMs: number | undefined;
}): Program<void> {
  const { id, ...details } = request.member;
  yield* changeEach(SET_MEMBER, [[id, Buffer.from(JSON.stringify(details)), request.nowMs]]);
  if (request.forgetBeforeMs === undefined) return;
  yield* change(DROP_MEMBERS_BEFORE, request.forgetBeforeMs);
  yield* change(DROP_COMMITS_BEFORE, request.forgetBeforeMs);
}

/** This one ends. */
export function* dropMember(id: MemberId): Program<void> {
  yield* change(DROP_MEMBER, id);
}
