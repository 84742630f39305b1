import type { Random } from './random.ts';

/** One call of a user, or an anonymous one if `user` is undefined. */
export interface AuthStep {
  readonly user: string | undefined;
  readonly service: 'Auth' | 'KV' | 'Lease' | 'Cluster' | 'Maintenance';
  readonly method: string;
  readonly request: object;
}

type Request = Pick<AuthStep, 'service' | 'method' | 'request'>;

const users = ['alice', 'bob', 'carol'] as const;
const roles = ['reader', 'writer', 'keeper'] as const;
const keys = ['a', 'a/1', 'a/2', 'b', 'b/1', 'c', 'd'] as const;
const leaseIds = [1, 2, 3] as const;
const passwords = ['one', 'two'] as const;

const stepCountBetweenPreludes = 200;

const rootPassword = 'root-password';

/** After these steps auth is enabled. */
const prelude: readonly AuthStep[] = [
  asRoot('UserAdd', { name: 'root', password: rootPassword }),
  asRoot('AuthEnable', {}),
  asRoot('RoleAdd', { name: 'root' }),
  asRoot('UserGrantRole', { user: 'root', role: 'root' }),
  ...users.flatMap((name, index) => [
    asRoot('UserAdd', { name, password: passwords[0] }),
    asRoot('RoleAdd', { name: roles[index] }),
    asRoot('UserGrantRole', { user: name, role: roles[index] }),
  ]),
  asRoot('RoleGrantPermission', { name: 'reader', perm: { permType: 'READ', key: 'a', range_end: 'b' } }),
  asRoot('RoleGrantPermission', { name: 'writer', perm: { permType: 'WRITE', key: 'b', range_end: '\0' } }),
  asRoot('RoleGrantPermission', { name: 'keeper', perm: { permType: 'READWRITE', key: 'a/1', range_end: 'c' } }),
  asRoot('AuthEnable', {}),
  authenticate('root', rootPassword),
  ...users.map((name) => authenticate(name, passwords[0])),
];

/** Permitted and forbidden changes of users and roles, among calls of every service. */
export function generateAuthScript(random: Random, stepCount: number): AuthStep[] {
  const steps: AuthStep[] = [...prelude];
  for (let count = 1; count <= stepCount; count += 1) {
    steps.push(nextStep(random));
    // Restores root and its rights, which earlier steps may have removed.
    if (count % stepCountBetweenPreludes === 0) steps.push(...prelude);
  }
  return steps;
}

function nextStep(random: Random): AuthStep {
  const make = random.weighted<() => AuthStep>([
    [30, () => ({ user: caller(random), ...keyValueCall(random) })],
    [8, () => ({ user: caller(random), ...leaseCall(random) })],
    [6, () => ({ user: caller(random), ...otherCall(random) })],
    [3, () => ({ user: random.chance(80) ? 'root' : caller(random), ...alarmCall(random) })],
    [14, () => ({ user: random.chance(80) ? 'root' : caller(random), ...authCall(random) })],
    [8, () => authenticate(random.pick([...users, 'nobody']), random.pick([...passwords, '', 'wrong']))],
    [1, () => authenticate('root', rootPassword)],
  ]);
  return make();
}

function asRoot(method: string, request: object): AuthStep {
  return { user: 'root', service: 'Auth', method, request };
}

/** Authenticates the named user, whose later requests use the result from then on. */
function authenticate(name: string, password: string): AuthStep {
  return { user: name, service: 'Auth', method: 'Authenticate', request: { name, password } };
}

function caller(random: Random): string | undefined {
  return random.weighted<string | undefined>([
    [3, 'alice'],
    [3, 'bob'],
    [3, 'carol'],
    [2, 'root'],
    [1, undefined],
  ]);
}

function keyRange(random: Random): { key: string; range_end?: string } {
  const [left, right] = [random.pick(keys), random.pick(keys)].sort();
  return random.weighted<{ key: string; range_end?: string }>([
    [5, { key: left as string }],
    [3, { key: left as string, range_end: right as string }],
    [1, { key: left as string, range_end: '\0' }],
    [1, { key: '\0', range_end: '\0' }],
    [1, { key: 'a/', range_end: 'a0' }],
  ]);
}

function put(random: Random): object {
  return {
    key: random.pick(keys),
    value: `${random.below(5)}`,
    ...(random.chance(30) && { prev_kv: true }),
    ...(random.chance(20) && { lease: random.pick(leaseIds) }),
    ...(random.chance(5) && { value: '', ignore_value: true }),
  };
}

function range(random: Random): object {
  return {
    ...keyRange(random),
    ...(random.chance(15) && { count_only: true }),
    ...(random.chance(15) && { serializable: true }),
    ...(random.chance(10) && { keys_only: true }),
  };
}

function deleteRange(random: Random): object {
  return { ...keyRange(random), ...(random.chance(40) && { prev_kv: true }) };
}

function operation(random: Random, depth: number): object {
  const make = random.weighted<() => object>([
    [4, () => ({ request_range: range(random) })],
    [3, () => ({ request_put: put(random) })],
    [2, () => ({ request_delete_range: deleteRange(random) })],
    [depth < 2 ? 2 : 0, () => ({ request_txn: txn(random, depth + 1) })],
  ]);
  return make();
}

function txn(random: Random, depth = 0): object {
  const operations = () => Array.from({ length: random.below(3) }, () => operation(random, depth));
  const compare = { ...keyRange(random), target: 'VERSION', result: 'GREATER', version: random.below(3) };
  return { compare: random.chance(60) ? [compare] : [], success: operations(), failure: operations() };
}

function keyValueCall(random: Random): Request {
  const call = (method: string, request: object): Request => ({ service: 'KV', method, request });
  const make = random.weighted<() => Request>([
    [8, () => call('Range', range(random))],
    [8, () => call('Put', put(random))],
    [4, () => call('DeleteRange', deleteRange(random))],
    [8, () => call('Txn', txn(random))],
    [1, () => call('Compact', { revision: 1 + random.below(20) })],
  ]);
  return make();
}

function leaseCall(random: Random): Request {
  const ID = random.pick(leaseIds);
  const [method, request] = random.weighted<readonly [string, object]>([
    [3, ['LeaseGrant', { ID, TTL: 5000 }]],
    [3, ['LeaseRevoke', { ID }]],
    [2, ['LeaseTimeToLive', { ID, keys: random.chance(60) }]],
    [1, ['LeaseLeases', {}]],
  ]);
  return { service: 'Lease', method, request };
}

function otherCall(random: Random): Request {
  const [service, method, request] = random.pick<readonly [AuthStep['service'], string, object]>([
    ['Cluster', 'MemberList', { linearizable: true }],
    ['Cluster', 'MemberList', {}],
    ['Cluster', 'MemberRemove', { ID: 12345 }],
    ['Cluster', 'MemberPromote', { ID: 12345 }],
    ['Maintenance', 'Status', {}],
    ['Maintenance', 'MoveLeader', { targetID: 12345 }],
    ['Maintenance', 'HashKV', {}],
    ['Maintenance', 'Downgrade', { action: 'VALIDATE', version: '3.0.0' }],
  ]);
  return { service, method, request };
}

/**
 * Alarms that are raised for a while, of members that need not exist. Which requests are allowed
 * meanwhile depends on the kind of alarm.
 */
function alarmCall(random: Random): Request {
  const memberID = random.pick([1, 2]);
  const [action, alarm] = random.weighted<readonly [string, string]>([
    [3, ['ACTIVATE', 'NOSPACE']],
    [2, ['ACTIVATE', 'CORRUPT']],
    [1, ['ACTIVATE', 'NONE']],
    [5, ['DEACTIVATE', 'NOSPACE']],
    [5, ['DEACTIVATE', 'CORRUPT']],
    [1, ['DEACTIVATE', 'NONE']],
    [2, ['GET', 'NONE']],
    [1, ['GET', 'NOSPACE']],
  ]);
  return { service: 'Maintenance', method: 'Alarm', request: { action, alarm, memberID } };
}

/**
 * Calls with names that exist, and some that do not. Auth itself is disabled rarely, and enabled
 * more often.
 */
function authCall(random: Random): Request {
  const user = random.pick([...users, ...users, 'root', 'nobody', '']);
  const role = random.pick([...roles, ...roles, 'root', 'nothing', '']);
  const password = random.pick([...passwords, '']);
  const perm = { permType: random.pick(['READ', 'WRITE', 'READWRITE']), ...keyRange(random) };
  const [method, request] = random.weighted<readonly [string, object]>([
    [
      4,
      [
        'UserAdd',
        {
          name: user,
          password: user === 'root' ? rootPassword : password,
          ...(random.chance(20) && { options: { no_password: true } }),
        },
      ],
    ],
    [1, ['UserDelete', { name: user }]],
    [2, ['UserGet', { name: user }]],
    [2, ['UserList', {}]],
    [2, ['UserChangePassword', { name: user === 'root' ? 'nobody' : user, password }]],
    [4, ['UserGrantRole', { user, role }]],
    [2, ['UserRevokeRole', { user, role }]],
    [4, ['RoleAdd', { name: role }]],
    [1, ['RoleDelete', { role }]],
    [2, ['RoleGet', { role }]],
    [2, ['RoleList', {}]],
    [8, ['RoleGrantPermission', { name: role, perm }]],
    [4, ['RoleRevokePermission', { role, key: perm.key, range_end: perm.range_end }]],
    [2, ['AuthStatus', {}]],
    [6, ['AuthEnable', {}]],
    [1, ['AuthDisable', {}]],
  ]);
  return { service: 'Auth', method, request };
}
