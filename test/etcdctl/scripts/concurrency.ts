import { holds, lines, prints, run, type Step, start, stop } from '../step.ts';

const locks: readonly Step[] = [
  start('first', 'lock lock-a', { grants: 'first lock' }),
  prints('first', 'lock-a'),
  start('second', 'lock lock-a --ttl=20', { grants: 'second lock' }),
  holds('lock-a/', 2),
  stop('first'),
  prints('second', 'lock-a'),
  stop('second', 'SIGTERM'),
  holds('lock-a/', 0),
  run('lock lock-b printenv ETCD_LOCK_KEY ETCD_LOCK_REV', { grants: 'third lock' }),
  run('lock lock-b false', { grants: 'fourth lock' }),
  run(['lock', 'lock-b', 'sh', '-c', 'exit 7'], { grants: 'fifth lock' }),
  run('lock lock-b /no/such/program', { grants: 'sixth lock' }),
  run('lock'),
];

const elections: readonly Step[] = [
  start('leader', 'elect vote-a one', { grants: 'first candidate' }),
  prints('leader', 'vote-a'),
  start('candidate', 'elect vote-a two', { grants: 'second candidate' }),
  holds('vote-a/', 2),
  start('observer', 'elect --listen vote-a', { grants: 'observer' }),
  prints('observer', 'vote-a'),
  stop('observer'),
  stop('leader'),
  prints('candidate', 'vote-a'),
  stop('candidate'),
  ...lines(`
    elect
    elect vote-a
    elect vote-a three --listen
    get vote-a --prefix
  `),
];

export const concurrencyScript: readonly Step[] = [...locks, ...elections];
