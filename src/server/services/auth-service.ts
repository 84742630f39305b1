import { EtcdError, etcdError } from '../../errors.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { limits } from '../../limits.ts';
import type { AuthChange } from '../../mvcc/auth/auth-change.ts';
import { rootName } from '../../mvcc/auth/auth-changes.ts';
import { authRevision, isAuthOn } from '../../mvcc/auth/auth-state.ts';
import { type Permission, PermissionType } from '../../wire/generated/authpb/auth.ts';
import {
  Auth,
  AuthDisableResponse,
  AuthEnableResponse,
  AuthenticateResponse,
  AuthRoleAddResponse,
  AuthRoleDeleteResponse,
  AuthRoleGetResponse,
  AuthRoleGrantPermissionResponse,
  AuthRoleListResponse,
  AuthRoleRevokePermissionResponse,
  AuthStatusResponse,
  AuthUserAddResponse,
  AuthUserChangePasswordResponse,
  AuthUserDeleteResponse,
  AuthUserGetResponse,
  AuthUserGrantRoleResponse,
  AuthUserListResponse,
  AuthUserRevokeRoleResponse,
} from '../../wire/generated/etcdserverpb/auth.ts';
import type { ResponseHeader } from '../../wire/generated/etcdserverpb/header.ts';
import type { MessageCodec, MessageInput } from '../../wire/message-codec.ts';
import { authenticate } from '../access/authenticate.ts';
import { adminNeed, anyNeed } from '../access/needs.ts';
import { newPassword, triedPassword } from '../access/passwords.ts';
import { checkRequestSize } from '../parsing/check-request-size.ts';
import { ownBytes } from '../parsing/parse-write.ts';
import type { Call, Message, Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { parsedUnary, unary } from './service-method.ts';

/** The permission of the role root, as etcd shows it. */
const rootPermission = { permType: PermissionType.READWRITE, key: Buffer.alloc(0), rangeEnd: Buffer.of(0) };

/** etcdserverpb.Auth. */
export function authService(context: ServiceContext): readonly Method[] {
  const { access, store, headers, config, logger } = context;
  const { passwords, tokens } = access;
  const { auth } = store;
  const methods = Auth.methods;
  /** Any client may request a change. */
  const refusals = new SparseLog({
    logger,
    level: 'info',
    message: 'a change of users and roles was refused',
    linesMax: limits.sparseLogLinesMax,
    intervalMs: limits.sparseLogIntervalMs,
  });
  return [
    unary(methods.authEnable, (_request, call, size) => changed(call, size, { kind: 'enable' }, AuthEnableResponse)),
    unary(methods.authDisable, (_request, call, size) => changed(call, size, { kind: 'disable' }, AuthDisableResponse)),
    unary(methods.authStatus, async (_request, call) => {
      const { revision, authState } = await access.read(call, anyNeed, () => auth.refresh(call));
      const header = headers.message(revision);
      return AuthStatusResponse.encode({
        header,
        enabled: isAuthOn(authState),
        authRevision: authRevision(authState),
      });
    }),
    // Not an async function, which would keep its request in memory while it waits.
    unary(methods.authenticate, ({ name, password }, call) =>
      tokenFor({ name: auth.possibleName(name), password: triedPassword(password) }, call),
    ),

    unary(methods.userAdd, async ({ name, password, options }, call, size) => {
      const isPasswordless = options?.noPassword === true;
      // As in etcd, a long password is refused before its caller is checked.
      const given = isPasswordless ? undefined : newPassword(password);
      checkRequestSize(size, config);
      await access.admin(call);
      const passwordHash = given === undefined ? Buffer.alloc(0) : await passwords.hash(given);
      return changed(call, size, { kind: 'addUser', user: name, isPasswordless, passwordHash }, AuthUserAddResponse);
    }),
    unary(methods.userGet, async ({ name }, call) => {
      const { revision, user } = await access.read(
        call,
        (caller) => caller.requireAdminOr(caller.name === name),
        async () => {
          const head = await auth.refresh(call);
          return { revision: head.revision, user: await auth.user(name, call) };
        },
      );
      if (user === undefined) throw etcdError('userNotFound');
      return AuthUserGetResponse.encode({ header: headers.message(revision), roles: user.roles });
    }),
    unary(methods.userList, async (_request, call) => {
      const { revision, names: users } = await access.read(call, adminNeed, () => auth.names('users', call));
      return AuthUserListResponse.encode({ header: headers.message(revision), users });
    }),
    unary(methods.userDelete, ({ name }, call, size) =>
      changed(call, size, { kind: 'deleteUser', user: name }, AuthUserDeleteResponse),
    ),
    unary(methods.userChangePassword, async ({ name, password, hashedPassword }, call, size) => {
      const given = newPassword(password);
      checkRequestSize(size, config);
      await access.admin(call);
      const passwordHash = given === '' ? decodedHash(hashedPassword) : await passwords.hash(given);
      return changed(call, size, { kind: 'setPassword', user: name, passwordHash }, AuthUserChangePasswordResponse);
    }),
    unary(methods.userGrantRole, ({ user, role }, call, size) =>
      changed(call, size, { kind: 'grantRole', user, role }, AuthUserGrantRoleResponse),
    ),
    unary(methods.userRevokeRole, ({ name, role }, call, size) =>
      changed(call, size, { kind: 'revokeRole', user: name, role }, AuthUserRevokeRoleResponse),
    ),

    unary(methods.roleAdd, ({ name }, call, size) =>
      changed(call, size, { kind: 'addRole', role: name }, AuthRoleAddResponse),
    ),
    unary(methods.roleGet, async ({ role }, call) => {
      const { revision, permissions } = await access.read(
        call,
        (caller) => caller.requireAdminOr(caller.hasRole(role)),
        () => auth.permissions(role, call),
      );
      if (permissions === undefined) throw etcdError('roleNotFound');
      const perm = role === rootName ? [rootPermission] : permissions;
      return AuthRoleGetResponse.encode({ header: headers.message(revision), perm });
    }),
    unary(methods.roleList, async (_request, call) => {
      const { revision, names: roles } = await access.read(call, adminNeed, () => auth.names('roles', call));
      return AuthRoleListResponse.encode({ header: headers.message(revision), roles });
    }),
    unary(methods.roleDelete, ({ role }, call, size) =>
      changed(call, size, { kind: 'deleteRole', role }, AuthRoleDeleteResponse),
    ),
    parsedUnary(methods.roleGrantPermission, {
      parse: ({ name, perm }) =>
        ({ kind: 'grantPermission', role: name, permission: perm && ownPermission(perm) }) as const,
      answer: (change, call, size) => changed(call, size, change, AuthRoleGrantPermissionResponse),
    }),
    parsedUnary(methods.roleRevokePermission, {
      parse: ({ role, key, rangeEnd }) =>
        ({ kind: 'revokePermission', role, key: ownBytes(key), rangeEnd: ownBytes(rangeEnd) }) as const,
      answer: (change, call, size) => changed(call, size, change, AuthRoleRevokePermissionResponse),
    }),
  ];

  async function tokenFor(user: Parameters<typeof authenticate>[0], call: Call): Promise<Message> {
    const { revision, token } = await authenticate(user, call, { auth, passwords, tokens });
    return AuthenticateResponse.encode({ header: headers.message(revision), token });
  }

  /** Makes a change by the role root. The reply contains only a header. */
  async function changed<Response extends { header: ResponseHeader | undefined }>(
    call: Call,
    size: number,
    change: AuthChange,
    response: MessageCodec<Response>,
  ): Promise<Message> {
    checkRequestSize(size, config);
    try {
      const revision = await access.write(call, adminNeed, (by) => auth.change(change, by));
      logger.info(named(change), 'users and roles changed');
      return response.encode({ header: headers.message(revision) } as MessageInput<Response>);
    } catch (error) {
      if (error instanceof EtcdError) refusals.write(() => ({ ...named(change), reason: error.message }));
      throw error;
    }
  }
}

function ownPermission({ permType, key, rangeEnd }: Permission): Permission {
  return { permType, key: ownBytes(key), rangeEnd: ownBytes(rangeEnd) };
}

/** The loggable fields of a change, without passwords and hashes. */
function named(change: AuthChange): Readonly<Record<string, string>> {
  return {
    change: change.kind,
    ...('user' in change && { user: change.user }),
    ...('role' in change && { role: change.role }),
  };
}

/**
 * A hash as a client sends it, in base64 as Go reads it: with padding, line ends are ignored.
 * Undefined: it is not base64.
 */
function decodedHash(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/[\r\n]/g, '');
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
  return isBase64 ? Buffer.from(digits, 'base64') : undefined;
}
