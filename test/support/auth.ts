import { EtcdClient } from './client.ts';

export type AuthMethod =
  | 'AuthEnable'
  | 'AuthDisable'
  | 'AuthStatus'
  | 'Authenticate'
  | 'UserAdd'
  | 'UserGet'
  | 'UserList'
  | 'UserDelete'
  | 'UserChangePassword'
  | 'UserGrantRole'
  | 'UserRevokeRole'
  | 'RoleAdd'
  | 'RoleGet'
  | 'RoleList'
  | 'RoleDelete'
  | 'RoleGrantPermission'
  | 'RoleRevokePermission';

export interface AuthReply {
  readonly header: { readonly revision: number };
  readonly enabled: boolean;
  readonly authRevision: number;
  readonly token: string;
  readonly users: string[];
  readonly roles: string[];
  readonly perm: { readonly permType: string; readonly key: Buffer; readonly range_end: Buffer }[];
}

/** A call of the Auth service. */
export async function auth(client: EtcdClient, method: AuthMethod, request: object = {}): Promise<AuthReply> {
  return (await client.call('etcdserverpb.Auth', method, request)) as AuthReply;
}

export async function authRevision(client: EtcdClient): Promise<number> {
  return (await auth(client, 'AuthStatus')).authRevision;
}

/** A token for a name and its password. */
export async function tokenOf(client: EtcdClient, name: string, password = `${name}-password`): Promise<string> {
  return (await auth(client, 'Authenticate', { name, password })).token;
}

/** A client with a token. The caller closes it. */
export async function clientOf(address: string, name: string, password = `${name}-password`): Promise<EtcdClient> {
  const nobody = new EtcdClient(address);
  try {
    return new EtcdClient(address, { token: await tokenOf(nobody, name, password) });
  } finally {
    nobody.close();
  }
}

/** Adds a user with its own role. The password is `NAME-password`. */
export async function addUser(client: EtcdClient, name: string, ...permissions: readonly Permission[]): Promise<void> {
  const role = `role-of-${name}`;
  await auth(client, 'UserAdd', { name, password: `${name}-password` });
  await auth(client, 'RoleAdd', { name: role });
  await auth(client, 'UserGrantRole', { user: name, role });
  for (const perm of permissions) await auth(client, 'RoleGrantPermission', { name: role, perm });
}

export interface Permission {
  readonly permType: 'READ' | 'WRITE' | 'READWRITE';
  readonly key: string | Uint8Array;
  readonly range_end?: string | Uint8Array;
}

/** Creates the user root and enables auth. Returns root's client, which the caller closes. */
export async function enableAuth(client: EtcdClient): Promise<EtcdClient> {
  await auth(client, 'UserAdd', { name: 'root', password: 'root-password' });
  await auth(client, 'UserGrantRole', { user: 'root', role: 'root' });
  await auth(client, 'AuthEnable');
  return clientOf(client.address, 'root');
}
