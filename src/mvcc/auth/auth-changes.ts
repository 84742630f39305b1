/**
 * Changes users and roles, and turns auth on and off, with etcd's checks in etcd's order. Each
 * change increments the auth revision, except enabling auth.
 */
import { etcdError, unreachable } from '../../errors.ts';
import {
  DROP_TOKEN_SECRET,
  ROLES,
  SET_TOKEN_SECRET,
  TOKEN_SECRET,
  USERS,
} from '../../sql/statements/auth-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { type Permission, Role, User } from '../../wire/generated/authpb/auth.ts';
import { change, insertEach, type Program, row, rows } from '../program.ts';
import type { WriteState } from '../writes/write-state.ts';
import type { AuthChange } from './auth-change.ts';
import { authName, decodedRole, decodedUser } from './auth-reads.ts';
import { authRevision, authState, isAuthOn } from './auth-state.ts';

/** The user that exists while auth is on, and the role that permits everything. */
export const rootName = 'root';

/**
 * Applies a change.
 *
 * @throws EtcdError with etcd's error of this change.
 */
export function* changeAuth(request: AuthChange, state: WriteState): Program<void> {
  switch (request.kind) {
    case 'enable':
      return yield* enable(state);
    case 'disable':
      return yield* disable(state);
    case 'addUser':
      return yield* addUser(request, state);
    case 'deleteUser':
      return yield* deleteUser(request.user, state);
    case 'setPassword':
      return yield* setPassword(request, state);
    case 'grantRole':
      return yield* grantRole(request, state);
    case 'revokeRole':
      return yield* revokeRole(request, state);
    case 'addRole':
      return yield* addRole(request.role, state);
    case 'deleteRole':
      return yield* deleteRole(request.role, state);
    case 'grantPermission':
      return yield* grantPermission(request, state);
    case 'revokePermission':
      return yield* revokePermission(request, state);
    case 'addSecret':
      return yield* addSecret(request.secret, state);
    default:
      return unreachable(request);
  }
}

type ChangeOf<Kind extends AuthChange['kind']> = AuthChange & { readonly kind: Kind };

function* enable(state: WriteState): Program<void> {
  if (isAuthOn(state.authState)) return;
  const root = decodedUser(yield* row(USERS.one, authName(rootName)));
  if (root === undefined) throw etcdError('rootUserNotFound');
  if (!root.roles.includes(rootName)) throw etcdError('rootRoleNotGranted');
  yield* setState(authRevision(state.authState), { isOn: true }, state);
}

/** Removes the secret, so that all issued tokens become invalid. */
function* disable(state: WriteState): Program<void> {
  if (!isAuthOn(state.authState)) return;
  yield* change(DROP_TOKEN_SECRET);
  yield* setState(authRevision(state.authState) + 1, { isOn: false }, state);
}

function* addUser({ user: name, isPasswordless, passwordHash }: ChangeOf<'addUser'>, state: WriteState): Program<void> {
  if (name === '') throw etcdError('userEmpty');
  if ((yield* userNamed(name)) !== undefined) throw etcdError('userExists');
  yield* setUsers([
    {
      name: Buffer.from(name),
      password: passwordHash,
      roles: [],
      options: { noPassword: isPasswordless },
    },
  ]);
  yield* countChange(state);
}

function* deleteUser(name: string, state: WriteState): Program<void> {
  if (isAuthOn(state.authState) && name === rootName) throw etcdError('invalidAuthManagement');
  if ((yield* change(USERS.drop, authName(name))) === 0) throw etcdError('userNotFound');
  yield* countChange(state);
}

function* setPassword({ user: name, passwordHash }: ChangeOf<'setPassword'>, state: WriteState): Program<void> {
  const user = yield* existingUser(name);
  const isPasswordless = user.options?.noPassword === true;
  if (!isPasswordless && passwordHash === undefined) throw etcdError('noPasswordUser');
  yield* setUsers([{ ...user, password: isPasswordless ? noBytes : (passwordHash ?? noBytes) }]);
  yield* countChange(state);
}

/** The role root can be granted even if no role of this name exists. */
function* grantRole({ user: name, role }: ChangeOf<'grantRole' | 'revokeRole'>, state: WriteState): Program<void> {
  const user = yield* existingUser(name);
  if (role !== rootName) yield* existingRole(role);
  if (user.roles.includes(role)) return;
  yield* setUsers([{ ...user, roles: [...user.roles, role].sort(byBytes) }]);
  yield* countChange(state);
}

function* revokeRole({ user: name, role }: ChangeOf<'grantRole' | 'revokeRole'>, state: WriteState): Program<void> {
  if (isAuthOn(state.authState) && name === rootName && role === rootName) throw etcdError('invalidAuthManagement');
  const user = yield* existingUser(name);
  if (!user.roles.includes(role)) throw etcdError('roleNotGranted');
  yield* setUsers([withoutRole(user, role)]);
  yield* countChange(state);
}

function* addRole(name: string, state: WriteState): Program<void> {
  if (name === '') throw etcdError('roleEmpty');
  if ((yield* row(ROLES.one, authName(name))) !== undefined) throw etcdError('roleExists');
  yield* setRole({ name: Buffer.from(name), keyPermission: [] });
  yield* countChange(state);
}

function* deleteRole(name: string, state: WriteState): Program<void> {
  if (isAuthOn(state.authState) && name === rootName) throw etcdError('invalidAuthManagement');
  if ((yield* change(ROLES.drop, authName(name))) === 0) throw etcdError('roleNotFound');
  const users = (yield* rows(USERS.all)).map(({ details }) => decodedUser(details) as User);
  yield* setUsers(users.filter(({ roles }) => roles.includes(name)).map((user) => withoutRole(user, name)));
  yield* countChange(state);
}

/**
 * Only the first permission at or after the key is compared, as in etcd. Later permissions of the
 * same key are not found.
 */
function* grantPermission({ role: name, permission }: ChangeOf<'grantPermission'>, state: WriteState): Program<void> {
  if (permission === undefined) throw etcdError('permissionNotGiven');
  if (!isRange(permission)) throw etcdError('invalidAuthManagement');
  const role = yield* existingRole(name);
  const same = role.keyPermission.find(({ key }) => Buffer.compare(key, permission.key) >= 0);
  if (same !== undefined && isOf(same, permission)) same.permType = permission.permType;
  else role.keyPermission.push(permission);
  role.keyPermission.sort((a, b) => Buffer.compare(a.key, b.key));
  yield* setRole(role);
  yield* countChange(state);
}

function* revokePermission(request: ChangeOf<'revokePermission'>, state: WriteState): Program<void> {
  const role = yield* existingRole(request.role);
  const keyPermission = role.keyPermission.filter((permission) => !isOf(permission, request));
  if (keyPermission.length === role.keyPermission.length) throw etcdError('permissionNotGranted');
  yield* setRole({ ...role, keyPermission });
  yield* countChange(state);
}

function* addSecret(secret: Uint8Array, state: WriteState): Program<void> {
  if (!isAuthOn(state.authState)) throw etcdError('authNotEnabled');
  if ((yield* row(TOKEN_SECRET)) === undefined) yield* insertEach(SET_TOKEN_SECRET, [{ name: 'token', value: secret }]);
}

function* userNamed(name: string): Program<User | undefined> {
  return decodedUser(yield* row(USERS.one, authName(name)));
}

function* existingUser(name: string): Program<User> {
  const user = yield* userNamed(name);
  if (user === undefined) throw etcdError('userNotFound');
  return user;
}

function* existingRole(name: string): Program<Role> {
  const role = decodedRole(yield* row(ROLES.one, authName(name)));
  if (role === undefined) throw etcdError('roleNotFound');
  return role;
}

function* setUsers(users: readonly User[]): Program<void> {
  yield* insertEach(
    USERS.set,
    users.map((user) => ({ name: authName(Buffer.from(user.name).toString()), details: User.encode(user) })),
  );
}

function* setRole(role: Role): Program<void> {
  yield* insertEach(ROLES.set, [{ name: authName(Buffer.from(role.name).toString()), details: Role.encode(role) }]);
}

function* countChange(state: WriteState): Program<void> {
  yield* setState(authRevision(state.authState) + 1, { isOn: isAuthOn(state.authState) }, state);
}

function* setState(revision: number, { isOn }: { readonly isOn: boolean }, state: WriteState): Program<void> {
  yield* insertEach(SET_STATE, [
    { name: 'auth_revision', value: revision },
    { name: 'auth_enabled', value: isOn ? 1 : 0 },
  ]);
  state.authState = authState(revision, { isOn });
}

function withoutRole(user: User, role: string): User {
  return { ...user, roles: user.roles.filter((each) => each !== role) };
}

/**
 * Whether the permission names one key, an interval with its end after its start, or (range end is
 * a zero byte) all keys from the key on.
 */
function isRange({ key, rangeEnd }: Permission): boolean {
  if (key.length === 0) return false;
  return rangeEnd.length === 0 || Buffer.compare(key, rangeEnd) < 0 || (rangeEnd.length === 1 && rangeEnd[0] === 0);
}

function isOf(permission: Permission, { key, rangeEnd }: Pick<Permission, 'key' | 'rangeEnd'>): boolean {
  return Buffer.compare(permission.key, key) === 0 && Buffer.compare(permission.rangeEnd, rangeEnd) === 0;
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

const noBytes = new Uint8Array(0);
