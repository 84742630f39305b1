/** Reads users and roles. */

import { type Interval, joinedIntervals } from '../../kit/intervals.ts';
import { endOfKeys, keyBytes, keyText } from '../../sql/key-text.ts';
import { ROLES, TOKEN_SECRET, USERS } from '../../sql/statements/auth-statements.ts';
import { HEAD } from '../../sql/statements/read-statements.ts';
import { type Permission, PermissionType, Role, User } from '../../wire/generated/authpb/auth.ts';
import { headOf, headProgram } from '../head.ts';
import { decoded, decodedOne, listQuery, type Program, query, rows } from '../program.ts';
import type { Head } from '../results.ts';

/** A user, and the permissions of all its roles together. */
export interface UserRights {
  /** A bcrypt hash; empty if no password is valid. */
  readonly passwordHash: string;
  /** The user authenticates by certificate only. */
  readonly isPasswordless: boolean;
  readonly roles: readonly string[];
  readonly readable: readonly Interval[];
  readonly writable: readonly Interval[];
}

/** The name of a user or role in the form that the tables store. */
export function authName(name: string): string {
  return keyText(Buffer.from(name));
}

export function* userRights(name: string): Program<{ readonly head: Head; readonly user: UserRights | undefined }> {
  const [head, found] = yield [query(HEAD), query(USERS.one, authName(name))];
  const user = decodedUser(decodedOne(USERS.one, found));
  if (user === undefined) return { head: headOf(head), user };
  const [details] = yield [
    listQuery(
      ROLES.some,
      user.roles.map((role) => [authName(role)]),
    ),
  ];
  const permissions = decoded(ROLES.some, details).flatMap((role) => decodedRole(role)?.keyPermission ?? []);
  return {
    head: headOf(head),
    user: {
      passwordHash: Buffer.from(user.password).toString('latin1'),
      isPasswordless: user.options?.noPassword === true,
      roles: user.roles,
      readable: intervalsOf(permissions, [PermissionType.READ, PermissionType.READWRITE]),
      writable: intervalsOf(permissions, [PermissionType.WRITE, PermissionType.READWRITE]),
    },
  };
}

/** The permissions of a role; undefined: the role does not exist. */
export function* rolePermissions(
  name: string,
): Program<{ readonly head: Head; readonly permissions: readonly Permission[] | undefined }> {
  const [head, found] = yield [query(HEAD), query(ROLES.one, authName(name))];
  return { head: headOf(head), permissions: decodedRole(decodedOne(ROLES.one, found))?.keyPermission };
}

/** The names of all users, or all roles, in the order of their bytes. */
export function* authNames(
  owner: 'users' | 'roles',
): Program<{ readonly head: Head; readonly names: readonly string[] }> {
  const head = yield* headProgram();
  const found = yield* rows(owner === 'users' ? USERS.names : ROLES.names);
  return { head, names: found.map((name) => Buffer.from(keyBytes(name)).toString()) };
}

/** The secret that signs tokens; undefined: no token was signed since auth was turned on. */
export function* tokenSecret(): Program<{ readonly head: Head; readonly secret: Uint8Array | undefined }> {
  const [head, found] = yield [query(HEAD), query(TOKEN_SECRET)];
  return { head: headOf(head), secret: decodedOne(TOKEN_SECRET, found) };
}

/** Decodes the stored form of a user. */
export function decodedUser(details: Uint8Array | undefined): User | undefined {
  return details === undefined ? undefined : User.decode(details);
}

export function decodedRole(details: Uint8Array | undefined): Role | undefined {
  return details === undefined ? undefined : Role.decode(details);
}

function intervalsOf(permissions: readonly Permission[], types: readonly number[]): readonly Interval[] {
  return joinedIntervals(permissions.filter(({ permType }) => types.includes(permType)).map(intervalOfPermission));
}

/** Without a range end: one key. With a zero byte as range end: all keys from the key on. */
function intervalOfPermission({ key, rangeEnd }: Permission): Interval {
  const start = keyText(key);
  if (rangeEnd.length === 0) return { start, end: keyText(Buffer.concat([key, zeroByte])) };
  return { start, end: rangeEnd.length === 1 && rangeEnd[0] === 0 ? endOfKeys : keyText(rangeEnd) };
}

const zeroByte = Buffer.of(0);
