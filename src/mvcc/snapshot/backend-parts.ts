/** The parts of a snapshot other than the log, and the head, read in one transaction. */
import { ALARMS } from '../../sql/statements/alarm-statements.ts';
import { ROLES, USERS } from '../../sql/statements/auth-statements.ts';
import { STORED_LEASES } from '../../sql/statements/backend-statements.ts';
import { NEWEST_EVENT } from '../../sql/statements/key-bucket-statements.ts';
import { HEAD } from '../../sql/statements/read-statements.ts';
import { Role, User } from '../../wire/generated/authpb/auth.ts';
import { headOf, type MarkedHead } from '../head.ts';
import type { Alarm } from '../operations.ts';
import { decoded, decodedOne, type Program, query } from '../program.ts';

/** A user or a role: its name, and its encoded message (authpb.User or authpb.Role). */
export interface NamedDetails {
  readonly name: Uint8Array;
  readonly details: Uint8Array;
}

export interface BackendParts {
  readonly head: MarkedHead;
  /**
   * The name of the newest row if it is not an event (a gap or the mark), but defines the store's
   * revision; otherwise undefined.
   */
  readonly revisionHolder: string | undefined;
  /**
   * In the order of their bytes. Ids and TTLs are columns, because there may be a million leases.
   */
  readonly leaseIds: BigInt64Array;
  readonly leaseTtlSeconds: Float64Array;
  readonly users: readonly NamedDetails[];
  readonly roles: readonly NamedDetails[];
  readonly alarms: readonly Alarm[];
}

export function* backendParts(): Program<BackendParts> {
  const [head, newest, leases, users, roles, alarms] = yield [
    query(HEAD),
    query(NEWEST_EVENT),
    query(STORED_LEASES),
    query(USERS.all),
    query(ROLES.all),
    query(ALARMS),
  ];
  const newestEvent = decodedOne(NEWEST_EVENT, newest);
  const stored = decoded(STORED_LEASES, leases);
  return {
    head: headOf(head),
    revisionHolder: newestEvent?.isEvent === 0 ? newestEvent.name : undefined,
    leaseIds: BigInt64Array.from(stored, ({ id }) => BigInt(id)),
    leaseTtlSeconds: Float64Array.from(stored, ({ ttlSeconds }) => ttlSeconds),
    users: namedDetails(decoded(USERS.all, users), User),
    roles: namedDetails(decoded(ROLES.all, roles), Role),
    alarms: decoded(ALARMS, alarms),
  };
}

function namedDetails(
  found: readonly { readonly details: Uint8Array }[],
  codec: typeof User | typeof Role,
): readonly NamedDetails[] {
  return found.map(({ details }) => ({ name: codec.decode(details).name, details }));
}
