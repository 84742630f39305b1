/** What a snapshot holds beside the log, and where the log stands, at one moment. */
import { ALARMS } from '../sql/alarm-statements.ts';
import { ROLES, USERS } from '../sql/auth-statements.ts';
import { STORED_LEASES } from '../sql/backend-statements.ts';
import { NEWEST_EVENT } from '../sql/key-bucket-statements.ts';
import { HEAD } from '../sql/read-statements.ts';
import { numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { Role, User } from '../wire/generated/authpb/auth.ts';
import { alarmList } from './alarms.ts';
import { headOf, type MarkedHead } from './head.ts';
import type { Alarm } from './operations.ts';
import { type Program, query } from './program.ts';

/** A user or a role: its name, and etcd's message of it. */
export interface NamedDetails {
  readonly name: Uint8Array;
  readonly details: Uint8Array;
}

export interface BackendParts {
  readonly head: MarkedHead;
  /** The name of the newest row where it is nobody's write, but holds the store's revision all the same; else undefined. */
  readonly revisionHolder: string | undefined;
  /** In the order of their bytes; with `leaseTtlSeconds` in columns, for there may be a million. */
  readonly leaseIds: BigInt64Array;
  readonly leaseTtlSeconds: Float64Array;
  readonly users: readonly NamedDetails[];
  readonly roles: readonly NamedDetails[];
  readonly alarms: readonly Alarm[];
}

export function* backendParts(): Program<BackendParts> {
  const [head, newest, leases = [], users, roles, alarms] = yield [
    query(HEAD),
    query(NEWEST_EVENT),
    query(STORED_LEASES),
    query(USERS.all),
    query(ROLES.all),
    query(ALARMS),
  ];
  const [newestName, isEvent] = newest?.[0] ?? [];
  return {
    head: headOf(head),
    revisionHolder: isEvent === 0 ? String(newestName) : undefined,
    leaseIds: BigInt64Array.from(leases, ([id]) => BigInt(id as string)),
    leaseTtlSeconds: Float64Array.from(leases, (lease) => numberAt(lease, 1)),
    users: namedDetails(users, User),
    roles: namedDetails(roles, Role),
    alarms: alarmList(alarms),
  };
}

function namedDetails(found: readonly Row[] = [], codec: typeof User | typeof Role): readonly NamedDetails[] {
  return found.map(([, bytes]) => {
    const details = bytes as Uint8Array;
    return { name: codec.decode(details).name, details };
  });
}
