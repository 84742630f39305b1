/** A path of the gateway, and its method. All paths accept only POST. */
export interface Route {
  readonly path: string;
  /** The gRPC path. */
  readonly rpc: string;
}

/** The paths of a service, each with the name of its method. */
function routes(service: string, methods: Readonly<Record<string, string>>): readonly Route[] {
  return Object.entries(methods).map(([path, method]) => ({ path, rpc: `/${service}/${method}` }));
}

/**
 * All paths of etcd 3.7. RangeStream has no path. Three lease methods have a second path, from
 * before they had their own.
 */
export const gatewayRoutes: readonly Route[] = [
  ...routes('etcdserverpb.KV', {
    '/v3/kv/range': 'Range',
    '/v3/kv/put': 'Put',
    '/v3/kv/deleterange': 'DeleteRange',
    '/v3/kv/txn': 'Txn',
    '/v3/kv/compaction': 'Compact',
  }),
  ...routes('etcdserverpb.Watch', { '/v3/watch': 'Watch' }),
  ...routes('etcdserverpb.Lease', {
    '/v3/lease/grant': 'LeaseGrant',
    '/v3/lease/revoke': 'LeaseRevoke',
    '/v3/kv/lease/revoke': 'LeaseRevoke',
    '/v3/lease/keepalive': 'LeaseKeepAlive',
    '/v3/lease/timetolive': 'LeaseTimeToLive',
    '/v3/kv/lease/timetolive': 'LeaseTimeToLive',
    '/v3/lease/leases': 'LeaseLeases',
    '/v3/kv/lease/leases': 'LeaseLeases',
  }),
  ...routes('etcdserverpb.Cluster', {
    '/v3/cluster/member/add': 'MemberAdd',
    '/v3/cluster/member/remove': 'MemberRemove',
    '/v3/cluster/member/update': 'MemberUpdate',
    '/v3/cluster/member/list': 'MemberList',
    '/v3/cluster/member/promote': 'MemberPromote',
  }),
  ...routes('etcdserverpb.Maintenance', {
    '/v3/maintenance/alarm': 'Alarm',
    '/v3/maintenance/status': 'Status',
    '/v3/maintenance/defragment': 'Defragment',
    '/v3/maintenance/hash': 'Hash',
    '/v3/maintenance/hashkv': 'HashKV',
    '/v3/maintenance/snapshot': 'Snapshot',
    '/v3/maintenance/transfer-leadership': 'MoveLeader',
    '/v3/maintenance/downgrade': 'Downgrade',
  }),
  ...routes('etcdserverpb.Auth', {
    '/v3/auth/enable': 'AuthEnable',
    '/v3/auth/disable': 'AuthDisable',
    '/v3/auth/status': 'AuthStatus',
    '/v3/auth/authenticate': 'Authenticate',
    '/v3/auth/user/add': 'UserAdd',
    '/v3/auth/user/get': 'UserGet',
    '/v3/auth/user/list': 'UserList',
    '/v3/auth/user/delete': 'UserDelete',
    '/v3/auth/user/changepw': 'UserChangePassword',
    '/v3/auth/user/grant': 'UserGrantRole',
    '/v3/auth/user/revoke': 'UserRevokeRole',
    '/v3/auth/role/add': 'RoleAdd',
    '/v3/auth/role/get': 'RoleGet',
    '/v3/auth/role/list': 'RoleList',
    '/v3/auth/role/delete': 'RoleDelete',
    '/v3/auth/role/grant': 'RoleGrantPermission',
    '/v3/auth/role/revoke': 'RoleRevokePermission',
  }),
  ...routes('v3lockpb.Lock', { '/v3/lock/lock': 'Lock', '/v3/lock/unlock': 'Unlock' }),
  ...routes('v3electionpb.Election', {
    '/v3/election/campaign': 'Campaign',
    '/v3/election/proclaim': 'Proclaim',
    '/v3/election/leader': 'Leader',
    '/v3/election/observe': 'Observe',
    '/v3/election/resign': 'Resign',
  }),
];
