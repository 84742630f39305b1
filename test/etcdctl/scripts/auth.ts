import { lines, prints, run, type Step, start, stop } from '../step.ts';

/**
 * The password of the user with all rights, in this script and in the variants that begin with auth
 * enabled.
 */
export const rootPassword = 'root-password';

const users: readonly Step[] = [
  ...lines(`
    auth
    auth disable
    auth enable argument
    user list
    user add alice:alice-password
    user add alice:other
    user add bob --new-user-password=bob-password
    user add certified --no-password
    user add :password
    user add
    user add one two
    user get alice
    user get nobody
    user get
    user list argument
    user list
    user delete nobody
    user delete
    user passwd nobody --interactive=false
    user passwd
    user grant-role alice nothing
    user grant-role nobody nothing
    user grant-role alice
    user revoke-role alice nothing
    user revoke-role nobody nothing
    user revoke-role alice
    user
    auth status
    auth status argument
  `),
  run('user add typed --interactive=false', { input: 'typed-password' }),
  run('user passwd typed --interactive=false', { input: 'newly-typed' }),
  run(['user', 'add', 'empty', '--new-user-password=']),
];

const roles: readonly Step[] = [
  ...lines(`
    role list
    role add reader
    role add reader
    role add writer
    role add both
    role add
    role get reader
    role get nothing
    role get
    role list
    role list argument
    role grant-permission reader read data/a
    role grant-permission reader read data/b data/d
    role grant-permission reader read shared/ --prefix
    role grant-permission reader read z --from-key
    role grant-permission reader read data/a
    role grant-permission writer write data/a
    role grant-permission writer write shared/ --prefix
    role grant-permission both readwrite both/ --prefix
    role grant-permission both readwrite single
    role grant-permission both read single
    role grant-permission both readwrite single
    role grant-permission nothing read a
    role grant-permission reader execute a
    role grant-permission reader read b a
    role grant-permission reader read a b --prefix
    role grant-permission reader read a b --from-key
    role grant-permission reader read a --prefix --from-key
    role grant-permission reader
    role get reader
    role get writer
    role get both
    role revoke-permission reader data/b data/d
    role revoke-permission reader data/b data/d
    role revoke-permission reader shared/ --prefix
    role revoke-permission reader z --from-key
    role revoke-permission reader nothing
    role revoke-permission nothing data/a
    role revoke-permission reader
    role grant-permission reader read data/b data/d
    role grant-permission reader read shared/ --prefix
    role get reader
    role delete nothing
    role delete
    role
  `),
  run(['role', 'add', '']),
  run(['role', 'grant-permission', 'reader', 'read', '', '--prefix']),
  run('role get reader'),
  run(['role', 'revoke-permission', 'reader', '', '--prefix']),
];

const granting: readonly Step[] = lines(`
  user grant-role alice reader
  user grant-role alice writer
  user grant-role alice reader
  user grant-role bob both
  user grant-role root root
  user get alice
  user get alice --detail
  user get bob --detail
  user revoke-role alice both
  put data/a 1
  put data/b 2
  put data/c 3
  put data/d 4
  put shared/a 5
  put both/a 6
  put secret/a 7
`);

const enabling: readonly Step[] = lines(`
  auth enable
  user add root:${rootPassword}
  auth enable
  auth enable --user=root:${rootPassword}
  user grant-role root root --user=root:${rootPassword}
  user get root --user=root:${rootPassword}
  role list --user=root:${rootPassword}
  role get root --user=root:${rootPassword}
  user get root --detail --user=root:${rootPassword}
`);

function as(user: string, commands: string): Step[] {
  return lines(commands).map((step) => ({ ...step, arguments: [...step.arguments, `--user=${user}`] }));
}

/** Commands without a user, which may do next to nothing. */
const anonymous: readonly Step[] = [
  'get data/a',
  'put data/a x',
  'del data/a',
  'user list',
  'role list',
  'member list',
  'endpoint health',
  'endpoint status',
  'alarm list',
  'defrag',
  'compaction 1',
  'auth disable',
  'user add x:y',
].map((command) => run(command, { isAnonymous: true }));

/**
 * A client without a user may grant a lease. Where a certificate identifies the client, that user
 * grants the lease.
 */
const anonymousLease = run('lease grant 10', { isAnonymous: true, grants: "nobody's" });

const limited: readonly Step[] = [
  ...as(
    'alice:alice-password',
    `
      get data/a
      get data/b
      get data/d
      get data/b data/d
      get data/b data/e
      get data/a --from-key
      get data/ --prefix
      get shared/ --prefix
      get shared/ --prefix --count-only
      get shared/ --prefix --keys-only --limit=1
      get both/a
      get secret/a
      get secret/a --consistency=s
      put data/a alice
      put data/a alice --prev-kv
      put data/b alice
      put shared/new alice
      put shared/new alice --prev-kv
      put secret/a alice
      put data/a --ignore-value
      del data/a
      del data/a --prev-kv
      del data/ --prefix
      del shared/ --prefix
      del shared/new data/a --range
      del secret/a
      compaction 1
      lease revoke 123
      lease timetolive 123
      lease timetolive 123 --keys
      lease keep-alive 123 --once
      member list
      member add x --peer-urls=http://127.0.0.1:2
      member remove 123
      member update 123 --peer-urls=http://127.0.0.1:2
      member promote 123
      endpoint health
      endpoint status
      endpoint hashkv
      alarm list
      alarm disarm
      defrag
      move-leader {member}
      snapshot save {file:alice.db}
      auth enable
      auth disable
      auth status
      user list
      user add x:y
      user delete bob
      user get alice
      user get bob
      user passwd alice --interactive=false
      user grant-role alice root
      user revoke-role alice reader
      role list
      role add x
      role get reader
      role get both
      role delete reader
      role grant-permission reader read secret/ --prefix
      role revoke-permission reader data/a
      downgrade validate 3.6
      downgrade cancel
      watch secret/a
      watch data/a --rev=1
      check datascale --prefix=secret/
    `,
  ),
  ...[
    'value("data/a") = "alice"\n\nget data/b\n\nput data/a 2\n\n',
    'value("data/a") = "bob"\n\nget data/b\n\nput secret/a 2\n\n',
    'value("secret/a") = "7"\n\nget data/b\n\nput data/a 2\n\n',
    '\nget secret/a\n\n\n',
    '\nput data/a 2 --prev-kv\n\n\n',
    '\ndel data/b\n\n\n',
  ].map((input) => run('txn --user=alice:alice-password', { input })),
  run('lease grant 1000000000 --user=alice:alice-password', { grants: "alice's" }),
  run("lease revoke {lease:alice's} --user=alice:alice-password"),
  start('watching', 'watch shared/ --prefix --rev={revision+1} --user=alice:alice-password'),
  ...as(`root:${rootPassword}`, 'put shared/seen yes'),
  prints('watching', 'shared/seen'),
  stop('watching'),
];

const others: readonly Step[] = [
  ...as(
    'bob:bob-password',
    'get both/ --prefix\nput both/b 1\nget data/a\nget single\nput single 1\nuser get bob\nrole get both',
  ),
  ...as('bob', 'get both/a --password=bob-password'),
  ...as('alice:wrong', 'get data/a'),
  ...as('nobody:password', 'get data/a'),
  ...as('certified:', 'get data/a'),
  ...as('certified:password', 'get data/a'),
  ...as('typed:typed-password', 'get data/a'),
  ...as('typed:newly-typed', 'get data/a\nuser get typed'),
  run('get data/a --auth-jwt-token=nonsense', { isAnonymous: true }),
];

const administration: readonly Step[] = as(
  `root:${rootPassword}`,
  `
    get data/ --prefix
    put secret/b 1
    get secret/ --prefix
    user list
    user revoke-role alice writer
    get data/a
    role revoke-permission reader data/a
    user get alice --detail
    user delete bob
    user list
    role delete both
    role list
    user delete root
    user revoke-role root root
    role delete root
    endpoint health
    endpoint status
    member list
    alarm list
    auth enable
    auth status
  `,
);

const afterwards: readonly Step[] = [
  ...as('alice:alice-password', 'get data/a\nput data/a x\nput shared/x y'),
  ...as('bob:bob-password', 'get both/a'),
  ...as(
    `root:${rootPassword}`,
    'auth disable\nauth disable\nget data/a\nuser list\nuser delete root\nuser delete alice\nuser list',
  ),
  ...lines('get data/a\nuser list\nrole list\nrole delete reader\nrole get reader\nauth status'),
];

export const authScript: readonly Step[] = [
  ...users,
  ...roles,
  ...granting,
  ...enabling,
  ...anonymous,
  anonymousLease,
  ...limited,
  ...others,
  ...administration,
  ...afterwards,
];
