/** What a snapshot holds beside the log, and where the log stands, at one moment. */
import { STORED_ALARMS, STORED_AUTH, STORED_LEASES, STORED_ROLES, STORED_USERS } from '../sql/backend-statements.ts';
import { NEWEST_EVENT } from '../sql/key-bucket-statements.ts';
import { keyBytes } from '../sql/key-text.ts';
import { HEAD } from '../sql/read-statements.ts';
import { numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { headOf, type MarkedHead } from './head.ts';
import type { MemberId } from './operations.ts';
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
  /** By etcd's numbers. */
  readonly alarms: readonly { readonly memberId: MemberId; readonly alarm: number }[];
  readonly auth: { readonly isEnabled: boolean; readonly revision: number };
}

export function* backendParts(): Program<BackendParts> {
  const [head, newest, leases = [], users, roles, alarms = [], auth] = yield [
    query(HEAD),
    query(NEWEST_EVENT),
    query(STORED_LEASES),
    query(STORED_USERS),
    query(STORED_ROLES),
    query(STORED_ALARMS),
    query(STORED_AUTH),
  ];
  const [newestName, isEvent] = newest?.[0] ?? [];
  return {
    head: headOf(head),
    revisionHolder: isEvent === 0 ? String(newestName) : undefined,
    leaseIds: BigInt64Array.from(leases, ([id]) => BigInt(id as string)),
    leaseTtlSeconds: Float64Array.from(leases, (lease) => numberAt(lease, 1)),
    users: namedDetails(users),
    roles: namedDetails(roles),
    alarms: alarms.map(([memberId, alarm]) => ({ memberId: BigInt(memberId as string), alarm: alarm as number })),
    auth: { isEnabled: auth?.[0]?.[0] === 1, revision: numberAt(auth?.[0] ?? [], 1) },
  };
}

function namedDetails(found: readonly Row[] = []): readonly NamedDetails[] {
  return found.map(([name, details]) => ({ name: keyBytes(name as string), details: details as Uint8Array }));
}
